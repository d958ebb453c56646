// The editor in place. Everything works without these files, by forms and pages; with
// them cells are edited where they stand, and nothing loads the page anew.
//
// pending what is not stored yet      queue   sends it, and again       server  the requests
// cells   keys and clicks             editing     begins, stores, gives up
// sheet   which cells there are       controls, chips  what one edits with
// covers  what lies over a cell       overlays    what waits, what was refused
// page    puts a fresh page in place  merge   changes only what differs
// bodies  the pages of the table      scrolling   loads those that follow
// verbs   undo, redo, rows            moving  rows in another place, by key or dragged
// line    one change after the other  signs   says how it stands

import { startCells } from "./cells.js";
import { startMoving } from "./moving.js";
import { start } from "./queue.js";
import { startScrolling } from "./scrolling.js";
import { startVerbs } from "./verbs.js";

startVerbs();
startCells();
startScrolling();
startMoving();
start();
