// Page /voice-changer/.

import { compareTool } from "../compare_tool.js";

compareTool();
