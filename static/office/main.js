// What every office page needs beyond HTML: the keyboard, filters, boxes that choose all, the first field of an act.

import { listenToAddress } from "./acts.js";
import { listenToBulk } from "./bulk.js";
import { listenToChoosing } from "./choosing.js";
import { listenToFilters } from "./filters.js";
import { listenToKeys } from "./keyboard.js";

listenToKeys(document);
listenToAddress(window);
listenToChoosing(document);
listenToBulk(document);
listenToFilters(document, matchMedia("(max-width: 700px)").matches);
