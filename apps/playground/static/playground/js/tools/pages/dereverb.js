// Page /dereverb/.

import { compareTool } from "../compare_tool.js";

compareTool();
