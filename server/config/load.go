package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/pflag"
)

// Prefix begins the name of every environment variable that is read.
const Prefix = "MYCHAT_"

// testPrefix begins variables that steer tests and are none of a server's.
const testPrefix = Prefix + "TEST_"

// Error says which setting is wrong, and what would be right.
type Error struct {
	Source  string // Where it was set: a file, a variable, a flag.
	Key     string // As written there.
	Value   string // What it was set to; "" for a key that does not exist.
	Allowed string // What may stand there.
}

// Error implements error.
func (e *Error) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s: %s: %s", e.Source, e.Key, e.Allowed)
	}
	return fmt.Sprintf("%s: %s = %s: %s", e.Source, e.Key, e.Value, e.Allowed)
}

// Flags are the settings given on a command line. The zero value sets nothing.
type Flags struct {
	file   string
	values map[string]string // By key.
}

// Register adds the flags to set, each with the words that its help shows.
func (f *Flags) Register(set *pflag.FlagSet) {
	f.values = map[string]string{}
	set.StringVar(&f.file, "config", "",
		"Settings `FILE`. Default: "+FileName+" in the data folder, if there is one. Variable: "+Prefix+"CONFIG.")
	defaults := Default()
	for _, s := range settings(&defaults) {
		if s.flag == "" {
			continue
		}
		does := s.doc
		if v := s.field.String(); v != "" {
			does += " Default: " + v + "."
		}
		set.Var(given{s, f.values}, s.flag, does+" Variable: "+s.env+".")
	}
}

// given is the flag of one setting: it keeps what was said until Load.
type given struct {
	setting setting
	values  map[string]string
}

// Set implements pflag.Value.
func (g given) Set(v string) error {
	g.values[g.setting.key] = v
	return nil
}

// String implements pflag.Value.
func (g given) String() string { return g.values[g.setting.key] }

// Type implements pflag.Value: the word that the help shows for the value.
func (g given) Type() string { return g.setting.takes }

// Load returns the settings that flags and environ (as from os.Environ) ask
// for, on top of the settings file and the defaults. An error names every
// setting that is wrong, as a joined list of *Error, unless the file itself
// cannot be read.
func Load(flags Flags, environ []string) (Config, error) {
	c := Default()
	all := settings(&c)
	byKey := map[string]setting{}
	byEnv := map[string]setting{}
	for _, s := range all {
		byKey[s.key], byEnv[s.env] = s, s
	}

	env, errs := variables(environ, byEnv)
	file, named := flags.file, flags.file != ""
	if v := env[Prefix+"CONFIG"]; !named && v != "" {
		file, named = v, true
	}
	if !named {
		file = filepath.Join(folder(c.Data, env, flags), FileName)
	}
	values, err := readFile(file, named)
	if err != nil {
		return Config{}, err
	}
	if _, ok := values["data"]; ok && !named {
		errs = append(errs, &Error{Source: file, Key: "data", Allowed: "a settings file that lies in the data folder cannot name another; use --data or MYCHAT_DATA"})
		delete(values, "data")
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		s, ok := byKey[key]
		if !ok {
			errs = append(errs, &Error{Source: file, Key: key, Allowed: "there is no such key" + suggest(key, slices.Collect(maps.Keys(byKey)))})
			continue
		}
		if err := s.set(values[key]); err != nil {
			errs = append(errs, &Error{Source: file, Key: key, Value: s.show(values[key]), Allowed: err.Error()})
		}
	}
	for _, s := range all {
		if v, ok := env[s.env]; ok {
			if err := s.parse(v); err != nil {
				errs = append(errs, &Error{Source: "environment", Key: s.env, Value: s.show(v), Allowed: err.Error()})
			}
		}
	}
	for _, s := range all {
		if v, ok := flags.values[s.key]; ok {
			if err := s.parse(v); err != nil {
				errs = append(errs, &Error{Source: "command line", Key: "--" + s.flag, Value: s.show(v), Allowed: err.Error()})
			}
		}
	}
	if len(errs) == 0 {
		errs = c.check()
	}
	if len(errs) > 0 {
		return Config{}, errors.Join(errs...)
	}
	return c, nil
}

// folder returns the data folder as far as it is known before the file is read.
func folder(data string, env map[string]string, flags Flags) string {
	if v, ok := env[Prefix+"DATA"]; ok {
		data = v
	}
	if v, ok := flags.values["data"]; ok {
		data = v
	}
	return data
}

// variables returns the MYCHAT_* part of environ by name.
func variables(environ []string, known map[string]setting) (map[string]string, []error) {
	env := map[string]string{}
	var errs []error
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, Prefix) || strings.HasPrefix(name, testPrefix) {
			continue
		}
		if _, ok := known[name]; !ok && name != Prefix+"CONFIG" {
			errs = append(errs, &Error{Source: "environment", Key: name, Allowed: "there is no such setting" + suggest(name, slices.Collect(maps.Keys(known)))})
			continue
		}
		env[name] = value
	}
	return env, errs
}

// readFile returns the settings of a file by dotted key. A file that is not
// there is no settings, unless it was named.
func readFile(file string, named bool) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return nil, fmt.Errorf("read settings: %s line %d: %s", file, parse.Position.Line, parse.Message)
		}
		return nil, fmt.Errorf("read settings: %s: %w", file, err)
	}
	flat := map[string]any{}
	flatten(flat, "", tree)
	return flat, nil
}

func flatten(into map[string]any, prefix string, tree map[string]any) {
	for k, v := range tree {
		if t, ok := v.(map[string]any); ok && len(t) > 0 {
			flatten(into, prefix+k+".", t)
			continue
		} else if ok {
			continue // An empty table sets nothing.
		}
		into[prefix+k] = v
	}
}

// setting is one field of a Config, ready to be set.
type setting struct {
	key   string // Dotted, as in the file.
	env   string
	flag  string // "" means none.
	takes string // What stands for the flag's value in the help.
	doc   string
	oneof []string // Nil means any.
	min   int
	max   int
	hide  bool
	field reflect.Value
}

// section is a field of Config that groups settings.
type section struct {
	name string // "" for the settings outside any table.
	doc  string
	list []setting
}

func sections(c *Config) []section {
	top := section{}
	var rest []section
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("toml")
		if f.Type.Kind() != reflect.Struct {
			top.list = append(top.list, newSetting("", f, v.Field(i)))
			continue
		}
		s := section{name: name, doc: f.Tag.Get("doc")}
		for j := range f.Type.NumField() {
			s.list = append(s.list, newSetting(name+".", f.Type.Field(j), v.Field(i).Field(j)))
		}
		rest = append(rest, s)
	}
	return append([]section{top}, rest...)
}

// settings returns every setting of c; setting one changes c.
func settings(c *Config) []setting {
	var all []setting
	for _, s := range sections(c) {
		all = append(all, s.list...)
	}
	return all
}

func newSetting(prefix string, f reflect.StructField, v reflect.Value) setting {
	key := prefix + f.Tag.Get("toml")
	s := setting{
		key:   key,
		env:   Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_")),
		flag:  f.Tag.Get("flag"),
		takes: f.Tag.Get("takes"),
		doc:   f.Tag.Get("doc"),
		hide:  f.Tag.Get("secret") != "",
		field: v,
	}
	if t := f.Tag.Get("oneof"); t != "" {
		s.oneof = strings.Split(t, ",")
	}
	// A tag that is no number is a mistake in this file; its test finds it.
	s.min, _ = strconv.Atoi(f.Tag.Get("min"))
	s.max, _ = strconv.Atoi(f.Tag.Get("max"))
	return s
}

// set takes a value as the file gives it.
func (s setting) set(value any) error {
	switch v := value.(type) {
	case string:
		if s.field.Kind() == reflect.String {
			return s.parse(v)
		}
	case bool:
		if s.field.Kind() == reflect.Bool {
			s.field.SetBool(v)
			return nil
		}
	case int64:
		if s.field.Kind() == reflect.Int {
			return s.setInt(v)
		}
	case []any:
		if s.field.Kind() != reflect.Slice {
			break
		}
		list := make([]string, 0, len(v))
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return errors.New(s.allowed())
			}
			list = append(list, text)
		}
		s.field.Set(reflect.ValueOf(list))
		return nil
	}
	return errors.New(s.allowed())
}

// parse takes a value as the environment and flags give it.
func (s setting) parse(v string) error {
	switch s.field.Kind() {
	case reflect.String:
		if s.oneof != nil && !slices.Contains(s.oneof, v) {
			return errors.New(s.allowed())
		}
		s.field.SetString(v)
	case reflect.Bool:
		b, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New(s.allowed())
		}
		s.field.SetBool(b)
	case reflect.Int:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return errors.New(s.allowed())
		}
		return s.setInt(n)
	case reflect.Slice:
		list := []string{}
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		s.field.Set(reflect.ValueOf(list))
	}
	return nil
}

func (s setting) setInt(n int64) error {
	if n < int64(s.min) || n > int64(s.max) {
		return errors.New(s.allowed())
	}
	s.field.SetInt(n)
	return nil
}

// allowed says what the setting takes.
func (s setting) allowed() string {
	switch s.field.Kind() {
	case reflect.Bool:
		return "use true or false"
	case reflect.Int:
		return fmt.Sprintf("use a whole number from %d to %d", s.min, s.max)
	case reflect.Slice:
		return "use a list of strings (in a variable: separated by commas)"
	}
	if s.oneof != nil {
		return "use " + strings.Join(s.oneof[:len(s.oneof)-1], ", ") + " or " + s.oneof[len(s.oneof)-1]
	}
	return "use a string"
}

// show writes a value for an error. One that may hold a password stays hidden.
func (s setting) show(v any) string {
	if s.hide {
		return "(hidden)"
	}
	if t, ok := v.(string); ok {
		return strconv.Quote(t)
	}
	return fmt.Sprint(v)
}

// suggest names the known key that key is probably meant to be, or returns "".
func suggest(key string, known []string) string {
	best, distance := "", 4
	slices.Sort(known)
	for _, k := range known {
		if d := editDistance(key, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return "; mychat-server config lists all"
	}
	return "; did you mean " + best + "?"
}

// editDistance counts the letters to insert, remove or replace to make b of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(b)]
}
