// What every office page needs beyond HTML: the keyboard, and the first field of an act that was opened.

import { listenToAddress } from "./acts.js";
import { listenToKeys } from "./keyboard.js";

listenToKeys(document);
listenToAddress(window);
