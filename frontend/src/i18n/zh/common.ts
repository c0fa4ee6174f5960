import type { common as en } from "../en/common";
import type { Translation } from "../translate";

export const common = {
  "app.name": "MyChat",
  "app.title_unread": "({count}) MyChat",
  "common.cancel": "取消",
  "common.close": "关闭",
  "common.back": "返回",
  "common.save": "保存",
  "common.retry": "重试",
  "common.loading": "正在加载",
  "common.copied": "已复制",
  "common.got_it": "知道了",
  "common.show_password": "显示密码",
  "common.hide_password": "隐藏密码",
  "common.resize_list": "列表宽度",

  "shell.rail": "主导航",
  "shell.list": "列表",
  "shell.main": "内容",
  "shell.messages": "消息",
  "shell.messages_unread": { other: "消息，{count} 条未读" },
  "shell.contacts": "通讯录",
  "shell.contacts_waiting": { other: "通讯录，{count} 个好友申请" },
  "shell.settings": "设置",
  "shell.me": "我",
  "shell.account_menu": "{name}，账号菜单",
  "shell.switch_account": "切换账号",
  "shell.signed_in_elsewhere": "你的账号刚刚在 {name} 上登录。是你本人吗？",
  "shell.check": "查看",
  "shell.sign_out": "退出登录",
  "shell.quit": "退出 MyChat",
  "shell.opening": "正在打开 MyChat",

  "connection.off": "连不上 {server}。可以照常查看，写好的消息联网后发出。",
  "connection.off_retry": {
    other: "连不上 {server}。{count} 秒后重试，写好的消息会在联网后发出。",
  },
  "connection.retry_now": "立即重试",

  "notice.hidden_title": "MyChat",
  "notice.hidden_body": "你有一条消息",

  "closed.signed_out": "此设备已退出登录，可能是在别的设备上操作的。重新登录即可继续。",
  "closed.disabled": "管理员停用了这个账号。向管理员了解原因。",

  "ended.title": "MyChat 已退出",
  "ended.text": "重新启动后，打开它给出的新地址。写过的内容都在。",
  "start.failed": "MyChat 无法启动",
} as const satisfies Translation<typeof en>;
