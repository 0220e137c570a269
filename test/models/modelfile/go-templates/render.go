// Renders the templates of this folder by Go's text/template, with data like Ollama's, as JSON on the standard output.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)


type Arguments map[string]any

// What the arguments were written as, as Go's maps forget the order.
var written = map[string]string{}

func (a Arguments) String() string {
	sorted, _ := json.Marshal(map[string]any(a))
	return written[string(sorted)]
}
func (a Arguments) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }
func (a *Arguments) UnmarshalJSON(text []byte) error {
	var values map[string]any
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	*a = values
	sorted, _ := json.Marshal(values)
	written[string(sorted)] = compact(text)
	return nil
}

func compact(text []byte) string {
	b, err := json.Marshal(json.RawMessage(text))
	check(err)
	return string(b)
}

type Function struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Parameters  Parameters `json:"parameters"`
}

func (f *Function) String() string { return marshal(f) }

type Property struct {
	Type        string `json:"type"`
	Description string `json:"description"`
}
type Parameters struct {
	Type       string              `json:"type"`
	Required   []string            `json:"required"`
	Properties map[string]Property `json:"properties"`
	text       string
}

func (p *Parameters) UnmarshalJSON(text []byte) error {
	type plain Parameters
	if err := json.Unmarshal(text, (*plain)(p)); err != nil {
		return err
	}
	p.text = compact(text)
	return nil
}
func (p Parameters) MarshalJSON() ([]byte, error) { return []byte(p.text), nil }

type Tool struct {
	Type     string   `json:"type"`
	Function Function `json:"function"`
}

func (t Tool) String() string { return marshal(t) }

type Tools []Tool

func (t Tools) String() string { return marshal(t) }

type CallFunction struct {
	Name      string    `json:"name"`
	Arguments Arguments `json:"arguments"`
}
type Call struct {
	ID       string       `json:"id"`
	Function CallFunction `json:"function"`
}
type Message struct {
	Role       string `json:"role"`
	Content    string `json:"content"`
	Thinking   string `json:"reasoning"`
	ToolCalls  []Call `json:"calls"`
	ToolName   string `json:"toolName"`
	ToolCallID string `json:"toolCallId"`
}
type Conversation struct {
	Name     string    `json:"name"`
	Messages []Message `json:"messages"`
	Tools    Tools     `json:"tools"`
	Think    *bool     `json:"think"`
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	check(err)
	return string(b)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func collate(messages []Message) (string, []*Message) {
	var system []string
	var collated []*Message
	for _, m := range messages {
		if m.Role == "system" {
			system = append(system, m.Content)
		}
		if n := len(collated); n > 0 && collated[n-1].Role == m.Role && m.Role != "tool" {
			collated[n-1].Content += "\n\n" + m.Content
			continue
		}
		collated = append(collated, &m)
	}
	return strings.Join(system, "\n\n"), collated
}

// cut removes what is behind the first field Response, that too.
func cut(list *parse.ListNode) bool {
	for i, node := range list.Nodes {
		done := false
		switch n := node.(type) {
		case *parse.ActionNode:
			if strings.Contains(n.String(), ".Response") {
				list.Nodes = list.Nodes[:i]
				return true
			}
		case *parse.IfNode:
			done = cut(n.List)
		case *parse.WithNode:
			done = cut(n.List)
		}
		if done {
			list.Nodes = list.Nodes[:i+1]
			return true
		}
	}
	return false
}

func render(source string, c Conversation) string {
	functions := template.FuncMap{"json": marshal}
	if !strings.Contains(source, ".Messages") && !strings.Contains(source, ".Response") {
		source += "{{ .Response }}"
	}
	t := template.Must(template.New("").Option("missingkey=zero").Funcs(functions).Parse(source))
	system, messages := collate(c.Messages)
	think := map[string]any{"Think": c.Think != nil && *c.Think, "IsThinkSet": c.Think != nil, "ThinkLevel": ""}
	var out bytes.Buffer
	execute := func(t *template.Template, data map[string]any) {
		for key, value := range think {
			data[key] = value
		}
		check(t.Execute(&out, data))
	}
	if strings.Contains(source, ".Messages") {
		execute(t, map[string]any{"System": system, "Messages": messages, "Tools": c.Tools, "Response": ""})
		return out.String()
	}
	turn := map[string]any{}
	flush := func(t *template.Template) {
		data := map[string]any{"System": "", "Prompt": "", "Response": ""}
		for key, value := range turn {
			data[key] = value
		}
		execute(t, data)
		turn = map[string]any{}
	}
	for _, m := range messages {
		_, prompted := turn["Prompt"]
		_, answered := turn["Response"]
		switch m.Role {
		case "system":
			if prompted || answered {
				flush(t)
			}
			turn["System"] = m.Content
		case "user":
			if answered {
				flush(t)
			}
			turn["Prompt"] = m.Content
		case "assistant":
			turn["Response"] = m.Content
		}
	}
	cut(t.Tree.Root)
	flush(t)
	return out.String()
}

func main() {
	folder := os.Args[1]
	text, err := os.ReadFile(filepath.Join(folder, "conversations.json"))
	check(err)
	var conversations []Conversation
	check(json.Unmarshal(text, &conversations))
	paths, err := filepath.Glob(filepath.Join(folder, "*.gotmpl"))
	check(err)
	slices.Sort(paths)
	rendered := map[string]map[string]string{}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		check(err)
		name := strings.TrimSuffix(filepath.Base(path), ".gotmpl")
		rendered[name] = map[string]string{}
		for _, c := range conversations {
			rendered[name][c.Name] = render(string(source), c)
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	check(encoder.Encode(rendered))
}
