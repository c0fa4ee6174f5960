package archive

import (
	"html/template"
	"strings"

	"mychat/backend/markup"
	"mychat/protocol"
)

// rich draws the little markup of a text; other kinds have none. What it puts
// between its own tags is escaped.
func rich(kind, text string) template.HTML {
	var b strings.Builder
	if kind != protocol.KindText {
		template.HTMLEscape(&b, []byte(text))
		return template.HTML(b.String()) //nolint:gosec // Escaped.
	}
	for i, block := range markup.Parse(text) {
		switch block.Kind {
		case markup.Code:
			b.WriteString("<pre><code>")
			template.HTMLEscape(&b, []byte(block.Text))
			b.WriteString("</code></pre>")
			continue
		case markup.Quote:
			b.WriteString("<blockquote>")
			draw(&b, block.Pieces)
			b.WriteString("</blockquote>")
			continue
		}
		if i > 0 && len(block.Pieces) == 0 {
			continue // An empty line behind a block, which ends its line itself.
		}
		draw(&b, block.Pieces)
	}
	return template.HTML(b.String()) //nolint:gosec // Escaped.
}

var tags = map[markup.Kind]string{markup.Code: "code", markup.Strong: "strong", markup.Em: "em", markup.Strike: "s"}

func draw(b *strings.Builder, pieces []markup.Piece) {
	for _, p := range pieces {
		tag := tags[p.Kind]
		if p.Kind == markup.Link { // It begins with http:// or https://.
			b.WriteString(`<a rel="noopener noreferrer" href="`)
			template.HTMLEscape(b, []byte(p.Href))
			b.WriteString(`">`)
			tag = "a"
		} else if tag != "" {
			b.WriteString("<" + tag + ">")
		}
		template.HTMLEscape(b, []byte(p.Text))
		draw(b, p.Pieces)
		if tag != "" {
			b.WriteString("</" + tag + ">")
		}
	}
}

// pages are the parts of an export's HTML. The package of the templates escapes
// whatever is put into them, by where it is put; a page runs no script and
// fetches nothing, which its policy holds it to.
var pages = template.Must(template.New("").Funcs(template.FuncMap{"rich": rich}).Parse(`
{{define "top"}}<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="MyChat">
<style>{{.Style}}</style>
{{end}}

{{define "index"}}<!doctype html>
<html lang="{{.W.Lang}}"><head><title>{{.W.Export}}</title>
{{template "top" .}}</head><body><main class="index">
<h1>{{.W.Export}}</h1>
<p class="sub">{{.Me.Nickname}} · {{.W.Made}} {{.Made}}</p>
<h2>{{.W.Conversations}}</h2>
<ul>{{range .List}}
<li><a href="{{.File}}"><b dir="auto">{{.Name}}</b><span>{{.Count}} {{$.W.Messages}}</span><time>{{.Last}}</time></a></li>{{end}}
</ul></main></body></html>
{{end}}

{{define "head"}}<!doctype html>
<html lang="{{.W.Lang}}"><head><title>{{.Title}}</title>
{{template "top" .}}</head><body><main>
<header><a href="../index.html">{{.W.Export}}</a><h1 dir="auto">{{.Title}}</h1></header>
{{with .Older}}<p class="more"><a href="{{.}}">{{$.W.Older}}</a></p>{{end}}{{end}}

{{define "day"}}
<h2 class="day">{{.}}</h2>{{end}}

{{define "line"}}
<p class="line" dir="auto">{{.}}</p>{{end}}

{{define "message"}}
<article{{if .M.Mine}} class="mine"{{end}}{{if .M.Seq}} id="m{{.M.Seq}}"{{end}}>
<p class="who"><b dir="auto">{{.M.Name}}</b> <time datetime="{{.M.Time}}">{{.Clock}}</time>{{if .M.Unsent}} <em>{{.W.Unsent}}</em>{{end}}</p>
<div class="bubble">
{{- with .M.Answers}}<blockquote>{{if or (not .Here) (eq .Kind "deleted")}}{{$.W.Gone}}{{else}}<b dir="auto">{{$.Quoted}}</b> <span dir="auto">{{.Text}}</span>{{end}}</blockquote>{{end -}}
{{with .M.Forwarded}}<p class="line">{{$.W.Forwarded}} <b dir="auto">{{.}}</b></p>{{end -}}
{{if .M.Record}}{{template "record" .M.Record}}{{else}}<div class="text" dir="auto">{{rich .M.Kind .Text}}</div>{{end}}
{{- if .M.StarredMS}}<small title="{{.W.Starred}}">★</small>{{end}}{{if .M.EditedMS}}{{if .Before}}<details><summary>{{.W.Edited}}</summary><ul aria-label="{{.W.Before}}">{{range .Before}}<li class="text" dir="auto">{{rich $.M.Kind .Text}}</li>{{end}}</ul></details>{{else}}<small>{{.W.Edited}}</small>{{end}}{{end -}}
</div></article>{{end}}

{{define "record"}}<section class="record"><h3 dir="auto">{{.Title}}</h3>{{range .Items}}
<p class="who"><b dir="auto">{{.Name}}</b> <time datetime="{{.Time}}">{{.Clock}}</time>{{with .Forwarded}} · <span dir="auto">{{.}}</span>{{end}}</p>
{{if .Record}}{{template "record" .Record}}{{else}}<div class="text" dir="auto">{{rich .Kind .Text}}</div>{{end}}{{end}}</section>{{end}}

{{define "foot"}}
{{with .Newer}}<p class="more"><a href="{{.}}">{{$.W.Newer}}</a></p>{{end}}
</main></body></html>
{{end}}
`))

// style is the look of every page, by day and by night.
const style = template.CSS(`
:root { --bg: #f1f5f5; --card: #fff; --ink: #16211f; --sub: #5b6b6e; --mine: #cfebea; --line: #dbe3e3; --accent: #08666e; }
@media (prefers-color-scheme: dark) {
	:root { --bg: #0c1416; --card: #1b2629; --ink: #e6eeee; --sub: #9fb0b2; --mine: #14484c; --line: #2a383b; --accent: #62cccd; }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--bg); color: var(--ink); font: 15px/1.6 "Segoe UI", -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 22px; line-height: 1.4; overflow-wrap: anywhere; }
a { color: var(--accent); }
header { display: flex; flex-direction: column; gap: 4px; padding-bottom: 16px; border-bottom: 1px solid var(--line); }
.sub, .who, .line, .day, time, small, summary, em { color: var(--sub); }
.index h2 { margin: 24px 0 8px; font-size: 15px; }
.index ul { padding: 0 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); list-style: none; }
.index li + li { border-top: 1px solid var(--line); }
.index a { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 10px 0; color: inherit; text-decoration: none; }
.index b { flex: 1 1 200px; overflow-wrap: anywhere; }
.index a:hover b { color: var(--accent); text-decoration: underline; }
.day, .line, .more { margin: 20px 0 8px; font-size: 13px; font-weight: 400; text-align: center; overflow-wrap: anywhere; }
article { display: flex; flex-direction: column; align-items: flex-start; margin-top: 10px; }
article.mine { align-items: flex-end; }
.who { font-size: 12px; }
.bubble { max-width: 82%; padding: 7px 12px; border-radius: 12px; background: var(--card); }
.mine .bubble { background: var(--mine); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote { margin-bottom: 4px; padding-inline-start: 8px; border-inline-start: 3px solid var(--accent); color: var(--sub); font-size: 13px; overflow-wrap: anywhere; }
.text code, pre { background: rgb(127 127 127 / 15%); border-radius: 4px; font: 13px/1.5 ui-monospace, Consolas, Menlo, monospace; }
.text code { padding: 1px 4px; }
pre { margin: 4px 0; padding: 8px 10px; overflow-x: auto; white-space: pre; }
pre code { padding: 0; background: none; }
.record { padding-inline-start: 10px; border-inline-start: 3px solid var(--line); }
h3 { font-size: 13px; }
.bubble ul { padding-inline-start: 18px; color: var(--sub); }
summary, small { font-size: 12px; }
@media print { body { background: none; } .bubble { border: 1px solid var(--line); } }
`)
