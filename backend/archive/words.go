package archive

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// words are what an export says itself, in one language.
type words struct {
	Lang, Export, Made, Conversations, Messages   string
	Edited, Starred, Unsent, Before, Older, Newer string
	Forwarded                                     string
	Recalled, Gone, Lacking, Unknown, Friended    string // With a hole for a name or a number.
	Cleared                                       string // Likewise.
	OneName, TwoNames, MoreNames                  string // Of a record, with holes for its first names and their number.

	day func(time.Time) string
}

// wordsFor returns the words of a language, a BCP 47 tag: Chinese or English.
func wordsFor(language string) words {
	if strings.HasPrefix(strings.ToLower(language), "zh") {
		return words{
			Lang: "zh-CN", Export: "MyChat 聊天记录", Made: "导出于", Conversations: "会话", Messages: "条消息",
			Edited: "已编辑", Starred: "已收藏", Unsent: "未发送", Before: "之前的内容", Older: "更早", Newer: "更新", Forwarded: "转发自",
			Recalled: "%s撤回了一条消息", Gone: "被回复的消息不在本机", Lacking: "有 %s 条不在本机，没有导出", Unknown: "此版本不支持的消息",
			Friended: "%s接受了好友请求", Cleared: "%s为双方删除了之前的聊天记录",
			OneName: "%s的消息", TwoNames: "%s和%s的聊天记录", MoreNames: "%s、%s等 %d 人的聊天记录",
			day: func(t time.Time) string {
				return t.Format("2006年1月2日 ") + [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[t.Weekday()]
			},
		}
	}
	return words{
		Lang: "en", Export: "MyChat history", Made: "Exported", Conversations: "Conversations", Messages: "messages",
		Edited: "edited", Starred: "starred", Unsent: "not sent", Before: "Words before", Older: "Older", Newer: "Newer", Forwarded: "Forwarded from",
		Recalled: "%s recalled a message", Gone: "The message answered is not on this machine",
		Lacking: "%s entries are not on this machine and are left out", Unknown: "A message that this version does not know",
		Friended: "%s accepted the friend request", Cleared: "%s deleted the earlier history for both",
		OneName: "Messages of %s", TwoNames: "Chat of %s and %s", MoreNames: "Chat of %s, %s and others (%d)",
		day: func(t time.Time) string { return t.Format("Monday 2 January 2006") },
	}
}

// title is what a record of messages between people is called.
func (w words) title(names []string) string {
	switch len(names) {
	case 0:
		return w.Export
	case 1:
		return fmt.Sprintf(w.OneName, names[0])
	case 2:
		return fmt.Sprintf(w.TwoNames, names[0], names[1])
	}
	return fmt.Sprintf(w.MoreNames, names[0], names[1], len(names))
}

// number writes n with its thousands apart.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// with fills the one hole of a sentence.
func with(sentence string, v any) string { return fmt.Sprintf(sentence, v) }
