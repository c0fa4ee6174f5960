package store

import "mychat/protocol"

// PageQuery asks for a part of a conversation. With no seq at all it is the
// newest part. At most one of the seqs is set.
type PageQuery struct {
	ConversationID string
	BeforeSeq      int64 // The part that ends just before this one.
	AfterSeq       int64 // The part that begins just after this one.
	AroundSeq      int64 // Both sides of this one, and itself.
	Limit          int   // 0 means protocol.DefaultPage; at most protocol.MaxPage.
}

// limit is the number of messages that q asks for.
func (q PageQuery) limit() int {
	if q.Limit <= 0 {
		return protocol.DefaultPage
	}
	return min(q.Limit, protocol.MaxPage)
}
