package httpapi

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are what the edge counts. Routes are patterns, never paths, so the
// number of labels does not grow with what clients ask for.
type figures struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newFigures(r prometheus.Registerer) (*figures, error) {
	f := &figures{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mychat_http_requests_total", Help: "HTTP requests answered.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mychat_http_request_seconds", Help: "Time to answer an HTTP request.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route"}),
	}
	for _, c := range []prometheus.Collector{f.requests, f.seconds} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *figures) request(route string, status int, took time.Duration) {
	f.requests.WithLabelValues(route, statusLabel(status)).Inc()
	f.seconds.WithLabelValues(route).Observe(took.Seconds())
}
