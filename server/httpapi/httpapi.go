// Package httpapi is the REST side of a server: routes, tokens, decoding,
// limits, and how an error looks in HTTP. It decides nothing about chat: each
// route calls one method of a service. The description at /openapi.json and
// the page at /docs are made from the same Go types that the routes take.
//
// It starts no goroutine. The WebSocket is another handler's; it is only
// mounted here.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/chat"
	"mychat/server/journal"
	"mychat/server/preview"
	"mychat/server/search"
	"mychat/server/timeline"
)

// Services are what the routes call. All are required.
type Services struct {
	Accounts *account.Service
	Chat     *chat.Chat
	Timeline *timeline.Timeline
	Journal  *journal.Journal
	Search   *search.Search
	Previews *preview.Previews
	Socket   http.Handler // Serves protocol.PathSocket.

	// Ready reports why this node should get no requests now, or nil.
	Ready func(context.Context) error
}

// Options configures New. The zero value limits nothing and believes no proxy.
type Options struct {
	Info    protocol.ServerInfo // What GET protocol.PathServer answers.
	Proxies Proxies
	Origins []string // Web origins that may call; none by default.

	RequestsPerAddress int // Per minute. 0 means no limit.
	RequestsPerAccount int // Per minute. 0 means no limit.
	SearchesPerAccount int // Per minute, of the requests. 0 means no limit of their own.
	PreviewsPerAccount int // Likewise.

	Metrics       *prometheus.Registry // Figures are registered there and served. Nil means neither.
	MetricsAccess string               // MetricsAnyone, MetricsLoopback or MetricsOff. "" means off.
	Log           *slog.Logger         // Nil means slog.Default.
}

// Who may read /metrics.
const (
	MetricsOff      = "off"
	MetricsLoopback = "loopback" // This machine, unless it is a proxy that speaks for somebody.
	MetricsAnyone   = "anyone"
)

// Routes that are not part of the described API.
const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathMetrics = "/metrics"
	pathOpenAPI = "/openapi"
	pathDocs    = "/docs"
)

// socketRoute is the pattern of the WebSocket.
const socketRoute = "GET " + protocol.PathSocket

// unlimited routes are what supervisors ask often, from one address.
var unlimited = []string{"GET " + pathHealth, "GET " + pathReady, "GET " + pathMetrics}

// bearer is the name of the security scheme in the description.
const bearer = "token"

// New returns the handler of a node's whole HTTP side.
func New(s Services, opt Options) (http.Handler, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	registry := opt.Metrics
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	figures, err := newFigures(registry)
	if err != nil {
		return nil, fmt.Errorf("register figures: %w", err)
	}
	mux := http.NewServeMux()
	r := routes{
		Services: s,
		info:     opt.Info,
		accounts: newLimiter(opt.RequestsPerAccount),
		searches: newLimiter(opt.SearchesPerAccount),
		previews: newLimiter(opt.PreviewsPerAccount),
		log:      opt.Log,
	}
	r.api = humago.New(mux, apiConfig(opt.Info))
	r.register()
	docs, err := newDocs(r.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, greeting(opt.Info.Name)) })
	mux.Handle("GET "+pathDocs, docs)
	mux.Handle(socketRoute, s.Socket)
	mountOperations(mux, s.Ready)
	mux.Handle("GET "+pathMetrics, metricsHandler(registry, opt))
	return &edge{mux: mux, opt: opt, log: opt.Log, addresses: newLimiter(opt.RequestsPerAddress), figures: figures}, nil
}

// Operations returns a handler with /healthz, /readyz and /metrics alone, for
// a listener that is not for clients.
func Operations(ready func(context.Context) error, metrics *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mountOperations(mux, ready)
	mux.Handle("GET "+pathMetrics, promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	return mux
}

// Refuse answers a request with err as problem+json.
func Refuse(w http.ResponseWriter, _ *http.Request, err error) { newProblem(err, 0).write(w) }

func apiConfig(info protocol.ServerInfo) huma.Config {
	c := huma.DefaultConfig("MyChat", info.Version)
	c.Info.Description = "What a MyChat server answers over HTTP. What is live goes over the WebSocket at " + protocol.PathSocket + "; docs/PROTOCOL.md describes it. Errors are RFC 9457 problem+json with a stable code."
	c.OpenAPIPath = pathOpenAPI
	c.DocsPath = ""
	c.SchemasPath = ""
	c.CreateHooks = nil // No $schema links: answers are the protocol's types and nothing else.
	c.Transformers = []huma.Transformer{problemOf}
	// A client of a later version may say more than this server knows.
	c.AllowAdditionalPropertiesByDefault = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", Description: "The token of a Session, in the Authorization header and nowhere else."},
	}
	// huma describes its own error type; ours is what is answered.
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[protocol.Error]())
	return c
}

// mountOperations adds what a supervisor asks. Health says that the process
// serves; readiness says that requests should come here.
func mountOperations(mux *http.ServeMux, ready func(context.Context) error) {
	mux.HandleFunc("GET "+pathHealth, func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET "+pathReady, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
			return
		}
		plain(w, http.StatusOK, "ok\n")
	})
}

// greeting is for people who open the server's address in a browser.
func greeting(name string) string {
	return name + "\n\n" +
		"This is a MyChat server. Give its address to the MyChat app.\n" +
		"这是一台 MyChat 服务器。请在 MyChat 应用里填写它的地址。\n\n" +
		"API: " + pathDocs + "\n"
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// Nobody is left to tell if the client is gone.
	_, _ = w.Write([]byte(text))
}

// metricsHandler serves the figures to whom Options.MetricsAccess lets in. To
// others the path does not exist.
func metricsHandler(registry *prometheus.Registry, opt Options) http.Handler {
	serve := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch opt.MetricsAccess {
		case MetricsAnyone:
			serve.ServeHTTP(w, r)
			return
		case MetricsLoopback:
			forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
			if visitOf(r.Context()).addr.IsLoopback() && !(forwarded && len(opt.Proxies) == 0) {
				serve.ServeHTTP(w, r)
				return
			}
		}
		newProblem(protocol.ErrNotFound, 0).write(w)
	})
}

// routes holds what the operations of the API need.
type routes struct {
	Services
	api      huma.API
	info     protocol.ServerInfo
	accounts *limiter
	searches *limiter
	previews *limiter
	log      *slog.Logger
}

// bodyReadWithin bounds how long a client may take to send a body.
const bodyReadWithin = 20 * time.Second

type callerKey struct{}

// callerOf returns who asks, on a route that needs a token.
func callerOf(ctx context.Context) account.Caller {
	return ctx.Value(callerKey{}).(account.Caller)
}

// address returns the client's network address as services take it.
func address(ctx context.Context) string {
	if a := visitOf(ctx).addr; a != (netip.Addr{}) {
		return a.String()
	}
	return ""
}

// authenticate lets requests with a token of a session pass, as its caller.
func (r *routes) authenticate(ctx huma.Context, next func(huma.Context)) {
	scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		r.refuse(ctx, protocol.Errorf(protocol.CodeUnauthorized, "send the token of a session as: Authorization: Bearer <token>"))
		return
	}
	caller, err := r.Accounts.Authenticate(ctx.Context(), strings.TrimSpace(token), address(ctx.Context()))
	if err != nil {
		r.refuse(ctx, r.logged(ctx.Context(), err))
		return
	}
	visitOf(ctx.Context()).userID = caller.UserID
	if wait := r.accounts.take(caller.UserID, time.Now()); wait > 0 {
		r.refuse(ctx, protocol.RetryAfter(protocol.CodeRateLimited, wait, "too many requests of this account"))
		return
	}
	next(huma.WithValue(ctx, callerKey{}, caller))
}

func (r *routes) refuse(ctx huma.Context, err error) {
	_, w := humago.Unwrap(ctx)
	newProblem(err, 0).write(w)
}

// logged notes what an answer will not say: the cause of an internal error.
func (r *routes) logged(ctx context.Context, err error) error {
	if e := protocol.AsError(err); e.Code == protocol.CodeInternal && !errors.Is(err, context.Canceled) {
		r.log.Error("request", "request_id", visitOf(ctx).id, "error", err)
	}
	return err
}

// nothing is what a call answers that has no body.
type nothing struct{}

// answerOf is what a call answers with body T.
type answerOf[T any] struct{ Body T }

// add registers an operation. call returns the answer's body, or nothing{} for
// none.
func add[I, T any](r *routes, op huma.Operation, call func(ctx context.Context, in *I) (T, error)) {
	op.MaxBodyBytes = protocol.MaxClientFrame
	op.BodyReadTimeout = bodyReadWithin
	if op.Security == nil {
		op.Security = []map[string][]string{{bearer: {}}}
		op.Middlewares = append(huma.Middlewares{r.authenticate}, op.Middlewares...)
	}
	if reflect.TypeFor[T]() == reflect.TypeFor[nothing]() {
		op.DefaultStatus = http.StatusNoContent
		huma.Register(r.api, op, func(ctx context.Context, in *I) (*struct{}, error) {
			if _, err := call(ctx, in); err != nil {
				return nil, newProblem(r.logged(ctx, err), 0)
			}
			return nil, nil
		})
		return
	}
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*answerOf[T], error) {
		body, err := call(ctx, in)
		if err != nil {
			return nil, newProblem(r.logged(ctx, err), 0)
		}
		return &answerOf[T]{Body: body}, nil
	})
}

// open marks an operation that needs no token.
var open = []map[string][]string{}

// list makes a nil slice an empty one: lists on the wire are never null.
func list[T any](s []T, err error) ([]T, error) { return append([]T{}, s...), err }
