package preview

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

// Bounds of one fetch; Options has its time.
const (
	maxRedirects   = 3
	maxBytes       = 512 << 10 // Of a page, as it is after decompression.
	maxHeaderBytes = 64 << 10
	sniffed        = 512 // Bytes that say of which type a page is.
)

// unfit is why there is nothing to show of a page. It names neither the link nor
// its host, so it may be logged.
type unfit string

// Error implements error.
func (u unfit) Error() string { return string(u) }

// newTransport returns what requests go out by. It keeps no connection, asks no
// proxy, which would connect in its place, and speaks HTTP/1.1.
func newTransport(g *guard, opt Options) *http.Transport {
	dialer := &net.Dialer{Timeout: opt.Within, Control: g.control, Resolver: opt.Resolver}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		DisableKeepAlives:      true,
		TLSHandshakeTimeout:    opt.Within,
		ResponseHeaderTimeout:  opt.Within,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// fetch returns what the page at u says of itself, and the host where it was
// found.
func (p *Previews) fetch(ctx context.Context, u *url.URL) (about, string, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opt.Within)
	defer cancel()
	for range 1 + maxRedirects {
		if !p.guard.allowed(u) {
			return about{}, "", fmt.Errorf("%w: the host is not allowed", errRefused)
		}
		said, next, err := p.fetchOnce(ctx, u)
		if err != nil || next == nil {
			return said, u.Hostname(), err
		}
		if err := p.guard.check(next); err != nil {
			return about{}, "", fmt.Errorf("%w: redirect: %w", errRefused, err)
		}
		u = next
	}
	return about{}, "", unfit("too many redirects")
}

// fetchOnce makes one request. next is where the answer sends to.
func (p *Previews) fetchOnce(ctx context.Context, u *url.URL) (said about, next *url.URL, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return said, nil, unfit("make a request") // The cause would name the URL.
	}
	req.Header.Set("User-Agent", p.opt.UserAgent)
	req.Header.Set("Accept", "text/html, application/xhtml+xml")
	// The transport alone: a client would add a referrer, and follow by itself.
	res, err := p.transport.RoundTrip(req)
	if err != nil {
		return said, nil, fmt.Errorf("fetch: %w", err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err = u.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			return said, nil, unfit("a redirect to nowhere")
		}
		return said, next, nil
	default:
		return said, nil, unfit("the answer is " + strconv.Itoa(res.StatusCode))
	}
	if res.Header.Get("Content-Encoding") != "" { // The transport takes gzip away.
		return said, nil, unfit("the answer is packed in a way that was not asked for")
	}
	body := bufio.NewReader(io.LimitReader(res.Body, maxBytes))
	// An error is met again by whoever reads on.
	begin, _ := body.Peek(sniffed)
	contentType := res.Header.Get("Content-Type")
	if !isHTML(contentType, begin) {
		return said, nil, unfit("the answer is no page")
	}
	decoded, err := charset.NewReader(body, contentType)
	if err != nil {
		return said, nil, fmt.Errorf("decode: %w", err)
	}
	return read(decoded), nil, nil
}

// isHTML reports whether an answer is a page, by what its header says and by
// how it begins.
func isHTML(contentType string, begin []byte) bool {
	looks := http.DetectContentType(begin)
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "":
		return strings.HasPrefix(looks, "text/html")
	case err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter):
		return false
	}
	return (kind == "text/html" || kind == "application/xhtml+xml") && strings.HasPrefix(looks, "text/")
}
