// What every office page needs beyond HTML: the keyboard, boxes that choose all, the first field of an act that was opened.

import { listenToAddress } from "./acts.js";
import { listenToChoosing } from "./choosing.js";
import { listenToKeys } from "./keyboard.js";

listenToKeys(document);
listenToAddress(window);
listenToChoosing(document);
