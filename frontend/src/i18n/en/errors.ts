/** One sentence per code of protocol.Code and of the bridge: what happened, what to do. */
export const errors = {
  "error.invalid": "The server does not accept this. Check what you typed.",
  "error.invalid.username": "Use 5 to 20 letters, digits or underscores.",
  "error.invalid.nickname": "Use 1 to 32 visible characters.",
  "error.invalid.password": "Use 8 to 128 characters.",
  "error.invalid.new": "Use 8 to 128 characters for the new password.",
  "error.invalid.old": "The present password is not right.",
  "error.invalid.remark": "Use at most 32 characters.",
  "error.invalid.message": "Use at most 100 characters.",
  "error.invalid.passphrase": "Use at least 8 characters.",
  "error.invalid.file": "Choose a backup first.",
  "error.invalid.query": "Type 1 to 64 characters to search for.",
  "error.invalid.text": "A message holds 1 to 10,000 characters.",
  "error.invalid.code": "A code has 8 letters and digits. Check it against the other device.",
  "error.invalid.elsewhere":
    "That device wants to sign in to another server. Choose this one's address on it.",
  "error.invalid.server":
    "This is no server address. Type a name or a URL, such as chat.example:9999.",
  "error.invalid.address": "Type the proxy as host:port, such as 127.0.0.1:1080.",
  "error.unauthorized": "This device is no longer signed in. Sign in again.",
  "error.bad_password": "The password is wrong. Check capitals and spaces, and try again.",
  "error.bad_credentials": "Username or password is wrong. Check both and try again.",
  "error.disabled": "The administrator disabled this account. Ask them why.",
  "error.forbidden": "You are not allowed to do this.",
  "error.not_member": "You are no longer in this conversation.",
  "error.not_friend": "You are no longer friends. Send a friend request to write again.",
  "error.not_found": "This no longer exists.",
  "error.taken": "This username is taken. Choose another.",
  "error.closed": "This server takes no new accounts. Ask its administrator for one.",
  "error.invite":
    "This invitation code is not valid or was used. Ask the administrator for another.",
  "error.id_reused": "This message could not be sent. Discard it and write it again.",
  "error.unknown_kind":
    "The server does not know this kind of message. Ask its administrator to update it.",
  "error.already_friends": "You are friends already.",
  "error.pending": "Your earlier request still waits for an answer.",
  "error.asked_recently": "They refused a request of yours not long ago. Ask again later.",
  "error.self": "That is yourself.",
  "error.expired": "This request is too old to be answered. Ask them to send another.",
  "error.too_many": "There are as many already as there may be. Take one away first.",
  "error.too_late": "The time in which this could be changed is over.",
  "error.too_large": "This is too large to send. Make it shorter.",
  "error.quota":
    "Your files take as much room on the server as they may. Delete some, or ask your administrator for more.",
  "error.full": "There is no room left on the server. It goes on by itself when there is.",
  "error.changed": "The file was changed while it was being sent. Send it again.",
  "error.offset": "The file is being sent elsewhere at this moment. It goes on by itself.",
  "error.rate_limited": "Too many attempts. Wait a moment, then try again.",
  "error.rate_limited_for": {
    one: "Too many attempts. Try again in {count} second.",
    other: "Too many attempts. Try again in {count} seconds.",
  },
  "error.unavailable": "The server cannot answer now. Try again in a moment.",
  "error.version": "This MyChat is too old for the server. Update MyChat.",
  "error.internal": "Something went wrong. Try again; if it stays, tell the administrator.",

  "error.unreachable": "The server does not answer. Check the address and your network.",
  "error.not_mychat": "Something answers there, but it is no MyChat server. Check the address.",
  "error.certificate_unknown":
    "No authority vouches for this server's certificate. Compare its fingerprint to go on.",
  "error.certificate_expired":
    "The server's certificate has expired. Ask the administrator to renew it.",
  "error.certificate_changed":
    "The server's certificate is not the one you trusted. Somebody may be listening in: ask the administrator before you go on.",
  "error.proxy": "The proxy does not answer or refuses. Check the proxy settings.",
  "error.offline": "This needs a connection, and there is none. Try again when you are online.",
  "error.newer_data": "A newer MyChat wrote the data of this account. Update MyChat to open it.",
  "error.disk_full": "The disk is full. Free some space, then try again.",
  "error.locked": "Another program holds the local data. Close it, then try again.",
  "error.damaged":
    "The data of this account is damaged and is being mended. Try again in a moment.",
  "error.busy": "Another export, backup or restore is running. Wait for it, or cancel it.",
  "error.unwritable": "Nothing can be written to that folder. Choose another one.",
  "error.passphrase":
    "This passphrase does not open the backup. Check capitals and spaces, and try again.",
  "error.not_backup": "This file is no MyChat backup. Choose one whose name ends in .mychatbackup.",
  "error.bad_backup":
    "The backup is damaged or incomplete. Copy it again from where it was kept, or choose another one.",
  "error.newer_backup": "A newer MyChat made this backup. Update MyChat, then restore it.",
  "error.restored": "It still waited when the backup was made. Send it again if it should go.",
  "error.no_account": "No account is open. Sign in first.",

  "error.timeout": "No answer for 30 seconds. Try again.",
  "error.gone": "The program behind this page has stopped. Start MyChat again.",
} as const;
