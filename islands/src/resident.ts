// The script of residents' pages. Everything works without it.

import { start } from "./common";
import { passkeys } from "./passkey";

start();
passkeys();
