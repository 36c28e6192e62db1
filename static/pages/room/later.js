// The second part of the conversation's page: what is wanted only after the first picture, or never. Brought in one piece.

export { stayAwake } from "/static/pages/room/awake.js";
export { createChat } from "/static/pages/room/chat.js";
export { choicePanel } from "/static/pages/room/choice.js";
export { devicePanel } from "/static/pages/room/devices.js";
export { helpPanel } from "/static/pages/room/help.js";
export { shareScreen, stopSharing } from "/static/pages/room/share.js";
