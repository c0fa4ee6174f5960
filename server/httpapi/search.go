package httpapi

import (
	"context"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"mychat/protocol"
)

// searchInput is protocol.SearchQuery as it stands in a URL.
type searchInput struct {
	Words         string   `query:"q" maxLength:"800" doc:"Terms that blanks divide: all of them are in a hit, letter for letter, in any spelling that is the same word; one that begins with a letter or digit only where a word begins"`
	Conversations []string `query:"conversation,explode" maxItems:"50" doc:"Only in these; given once for each. None: in all of yours"`
	Sender        string   `query:"sender" maxLength:"64" doc:"Only by this user"`
	Kind          string   `query:"kind" maxLength:"32" doc:"Only entries of this kind"`
	Links         bool     `query:"links" doc:"Only entries with a link"`
	From          int64    `query:"from" minimum:"0" doc:"Not before, in Unix milliseconds. 0: no bound"`
	To            int64    `query:"to" minimum:"0" doc:"Before, in Unix milliseconds. 0: no bound"`
	Cursor        string   `query:"cursor" maxLength:"64" doc:"Of the answer that is to be continued"`
	Limit         int      `query:"limit" minimum:"0" maximum:"200" doc:"At most this many; 0 means 50"`
}

func (r *routes) search(ctx context.Context, in *searchInput) (protocol.Found, error) {
	caller := callerOf(ctx)
	if utf8.RuneCountInString(in.Words) > protocol.MaxFindQuery {
		return protocol.Found{}, protocol.Invalid("q", "at most %d characters", protocol.MaxFindQuery)
	}
	if wait := r.searches.take(caller.UserID, time.Now()); wait > 0 {
		return protocol.Found{}, protocol.RetryAfter(protocol.CodeRateLimited, wait, "too many searches of this account")
	}
	return r.Search.Find(ctx, caller.UserID, protocol.SearchQuery{
		Words: in.Words, Conversations: in.Conversations, Sender: in.Sender, Kind: in.Kind, Links: in.Links,
		FromMS: in.From, ToMS: in.To, Cursor: in.Cursor, Limit: in.Limit,
	})
}

func (r *routes) registerSearch() {
	add(r, huma.Operation{
		OperationID: "search", Method: http.MethodGet, Path: protocol.PathSearch,
		Tags: []string{tagMessages}, Summary: "Messages that you may see, by what they say, newest first",
		Description: "Give at least one of q, sender, links, from and to. not_found where the server keeps no index.",
	}, r.search)
}
