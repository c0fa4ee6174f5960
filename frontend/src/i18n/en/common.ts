export const common = {
  "app.name": "MyChat",
  "app.title_unread": "({count}) MyChat",
  "common.cancel": "Cancel",
  "common.close": "Close",
  "common.back": "Back",
  "common.save": "Save",
  "common.retry": "Try again",
  "common.loading": "Loading",
  "common.copied": "Copied",
  "common.got_it": "Got it",
  "common.show_password": "Show password",
  "common.hide_password": "Hide password",
  "common.resize_list": "Width of the list",

  "shell.rail": "Main navigation",
  "shell.list": "List",
  "shell.main": "Content",
  "shell.messages": "Messages",
  "shell.messages_unread": {
    one: "Messages, {count} unread",
    other: "Messages, {count} unread",
  },
  "shell.contacts": "Contacts",
  "shell.contacts_waiting": {
    one: "Contacts, {count} request waiting",
    other: "Contacts, {count} requests waiting",
  },
  "shell.settings": "Settings",
  "shell.me": "Me",
  "shell.account_menu": "{name}, account menu",
  "shell.switch_account": "Switch account",
  "shell.signed_in_elsewhere": "Your account just signed in on {name}. Was it you?",
  "shell.check": "Check",
  "shell.sign_out": "Sign out",
  "shell.quit": "Quit MyChat",
  "shell.opening": "Opening MyChat",

  "connection.off": "No connection to {server}. You can read, and write what will be sent later.",
  "connection.off_retry": {
    one: "No connection to {server}. Trying again in {count} second; what you write is sent then.",
    other:
      "No connection to {server}. Trying again in {count} seconds; what you write is sent then.",
  },
  "connection.retry_now": "Try now",

  "notice.hidden_title": "MyChat",
  "notice.hidden_body": "You have a message",

  "closed.signed_out":
    "This device was signed out, here or from another device. Sign in again to go on.",
  "closed.disabled": "The administrator disabled this account. Ask them why.",

  "ended.title": "MyChat has ended",
  "ended.text": "Start it again and open its new address. Nothing that you wrote is lost.",
  "start.failed": "MyChat could not start",
} as const;
