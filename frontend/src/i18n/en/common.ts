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
  "shell.sign_in_notice": "New sign-in",
  "shell.devices": "Devices",
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

  "closed.title": "{name} was signed out here",
  "closed.signed_out_by":
    "{by} signed this device out ({when}). If that was not you, change your password.",
  "closed.signed_out": "This device was signed out ({when}).",
  "closed.password_by": "The password was changed on {by} ({when}). Sign in with the new one.",
  "closed.password": "The password was changed ({when}). Sign in with the new one.",
  "closed.replaced_by":
    "{by} signed in ({when}), and this server allows no more devices. If that was not you, change your password.",
  "closed.replaced": "Another device signed in ({when}), and this server allows no more of them.",
  "closed.administrator": "The administrator signed the account out ({when}).",
  "closed.disabled": "The administrator disabled the account ({when}). Ask them why.",
  "closed.kept": "What is stored on this machine is kept; signing in again opens it.",
  "closed.wiped": "As asked there, what was stored on this machine is deleted.",
  "closed.again": "Sign in again",
  "closed.keep": "Keep it",
  "closed.delete": "Delete local data",
  "closed.delete_title": "Delete what {name} has stored on this machine?",
  "closed.delete_text":
    "Messages already on the server come back when you sign in again. Unsent ones do not.",

  "ended.title": "MyChat has ended",
  "ended.text": "Start it again and open its new address. Nothing that you wrote is lost.",
  "start.failed": "MyChat could not start",
} as const;
