package desktop

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/http/httpproxy"
)

func TestProxySettings(t *testing.T) {
	const mac = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  HTTPEnable : 0
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : proxy.example
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : socks.example
}
`
	for _, tt := range []struct {
		name string
		got  *httpproxy.Config
		want httpproxy.Config
	}{
		{"windows, one for all", windowsProxies("proxy.example:3128", "<local>;*.corp.example; 10.0.0.1"), httpproxy.Config{
			HTTPProxy: "http://proxy.example:3128", HTTPSProxy: "http://proxy.example:3128", NoProxy: "*.corp.example,10.0.0.1",
		}},
		{"windows, by scheme", windowsProxies("http=a.example:1;https=b.example:2;socks=c.example:3", ""), httpproxy.Config{
			HTTPProxy: "http://a.example:1", HTTPSProxy: "http://b.example:2",
		}},
		{"windows, socks alone", windowsProxies("socks=c.example:3", ""), httpproxy.Config{
			HTTPProxy: "socks5://c.example:3", HTTPSProxy: "socks5://c.example:3",
		}},
		{"windows, a URL", windowsProxies("http://proxy.example:3128", ""), httpproxy.Config{
			HTTPProxy: "http://proxy.example:3128", HTTPSProxy: "http://proxy.example:3128",
		}},
		{"windows, nothing", windowsProxies("", ""), httpproxy.Config{}},
		{"macOS", macProxies(mac), httpproxy.Config{
			HTTPProxy: "socks5://socks.example:1080", HTTPSProxy: "http://proxy.example:8443", NoProxy: "*.local,169.254/16",
		}},
		{"macOS, nothing", macProxies("<dictionary> {\n}\n"), httpproxy.Config{}},
	} {
		if *tt.got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, *tt.got, tt.want)
		}
	}
}

func TestSystemProxyFollowsTheEnvironment(t *testing.T) {
	for _, key := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(key, "")
	}
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	t.Setenv("NO_PROXY", ".direct.example")
	for _, tt := range []struct{ target, want string }{
		{"https://chat.example/", "http://proxy.example:3128"},
		{"https://chat.direct.example/", ""},
		{"http://chat.example/", ""},
		{"https://127.0.0.1:9999/", ""},
		{"https://localhost:9999/", ""},
	} {
		got, err := SystemProxy(httptest.NewRequest(http.MethodGet, tt.target, nil))
		if err != nil {
			t.Errorf("%s: %v", tt.target, err)
			continue
		}
		text := ""
		if got != nil {
			text = got.String()
		}
		if text != tt.want {
			t.Errorf("%s goes through %q, want %q", tt.target, text, tt.want)
		}
	}
}
