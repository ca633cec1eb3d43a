// Page /audio-enhancer/.

import { compareTool } from "../compare_tool.js";

compareTool();
