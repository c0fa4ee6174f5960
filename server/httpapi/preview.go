package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mychat/protocol"
)

func (r *routes) preview(ctx context.Context, in *in[protocol.AskPreview]) (protocol.Preview, error) {
	if wait := r.previews.take(callerOf(ctx).UserID, time.Now()); wait > 0 {
		return protocol.Preview{}, protocol.RetryAfter(protocol.CodeRateLimited, wait, "too many links of this account")
	}
	return r.Previews.Get(ctx, in.Body.URL)
}

func (r *routes) registerPreviews() {
	add(r, huma.Operation{
		OperationID: "preview", Method: http.MethodPost, Path: protocol.PathPreviews,
		Tags: []string{tagMessages}, Summary: "What stands behind a link",
		Description: "The server reads the page, if its address is a public one. An answer without a title says that there is nothing to show. " +
			"not_found where the server looks at no links.",
	}, r.preview)
}
