package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// mostFile bounds a configuration file: whoever names a larger one named another.
const mostFile = 256 << 10

// findFile is the file to read, "" for none, and who named it.
func findFile(flag string) (path, origin string, err error) {
	switch named := os.Getenv(EnvFile); {
	case flag != "":
		path, origin = flag, "flag --config"
	case named != "":
		path, origin = home(named), "environment "+EnvFile
	default:
		path, err = defaultFile()
		return path, "default", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", "", fmt.Errorf("the configuration file %s cannot be read (%s): %w", path, origin, reason(err))
	}
	path, err = filepath.Abs(path)
	return path, origin, err
}

// defaultFile is the one in the user's configuration directory, if it is there.
func defaultFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		if os.Getenv("XDG_CONFIG_HOME") != "" { // said, but unusable
			return "", err
		}
		return "", nil
	}
	var found []string
	for _, name := range []string{"config.yaml", "config.yml", "config.toml"} {
		path := filepath.Join(dir, "mailsweep", name)
		switch _, err := os.Stat(path); {
		case err == nil:
			found = append(found, path)
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission): // or somebody else's home directory
		default:
			return "", fmt.Errorf("the configuration file %s cannot be read: %w", path, reason(err))
		}
	}
	if len(found) > 1 {
		return "", fmt.Errorf("there are several configuration files, and only one can be meant: keep one of %s", strings.Join(found, ", "))
	}
	return strings.Join(found, ""), nil
}

// reason is the error without the path, which is in the sentence already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readFile(path string) (map[string]any, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration file %s cannot be read: %w", path, reason(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err != nil {
		return nil, fmt.Errorf("the configuration file %s cannot be read: %w", path, reason(err))
	}
	if len(content) > mostFile {
		return nil, fmt.Errorf("%s is too large for a configuration file", path)
	}
	values, err := decode(strings.ToLower(filepath.Ext(path)), content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// decode reads a file's content by the ending of its name.
func decode(ending string, content []byte) (map[string]any, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	switch ending {
	case ".yaml", ".yml":
		return decodeYAML(content)
	case ".toml":
		return decodeTOML(content)
	}
	return nil, errors.New("a configuration file ends in .yaml, .yml or .toml")
}

func decodeTOML(content []byte) (map[string]any, error) {
	toml, err := viper.NewCodecRegistry().Decoder("toml")
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	err = toml.Decode(content, values)
	var at interface{ Position() (row, column int) }
	if errors.As(err, &at) {
		row, column := at.Position()
		return nil, fmt.Errorf("line %d, column %d: %w", row, column, err)
	}
	return values, err
}

// decodeYAML differs from viper's own reading in two points: a second document in
// the file, which would be ignored, is refused; and a date stays the text that it
// is, for a YAML date is midnight in UTC, and ours is in the user's zone.
func decodeYAML(content []byte) (map[string]any, error) {
	values := map[string]any{}
	dec := yaml.NewDecoder(bytes.NewReader(content))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) { // empty, or nothing but comments
			return values, nil
		}
		return nil, err
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is a second document after the first: only one is read, so there may be only one")
	}
	if top := doc.Content[0]; top.Kind != yaml.MappingNode && top.ShortTag() != "!!null" {
		return nil, errors.New(`this is no list of settings: write each as "key: value", on a line of its own`)
	}
	keepDates(&doc)
	return values, doc.Decode(&values)
}

func keepDates(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		keepDates(c)
	}
}
