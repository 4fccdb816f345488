package mailsweep_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// room says what a room of the house may import of ours, and why it is kept so.
type room struct {
	may []string
	why string
}

// rooms is the table of docs/ARCHITECTURE.md. A new package must be entered here
// before it builds in CI: decide its layer first.
var rooms = map[string]room{
	"mailsweep/secret":                 {nil, "a leaf: whatever holds a secret must depend on nothing that could print it"},
	"mailsweep/decode":                 {nil, "pure: it reads hostile bytes, so it gets no disk, no network and no store to reach"},
	"mailsweep/sweeper":                {[]string{"decode", "secret"}, "the domain declares interfaces; adapters implement them"},
	"mailsweep/sweeper/sweepertest":    {[]string{"sweeper", "decode", "secret"}, "one conformance suite for every Source"},
	"mailsweep/allow":                  {[]string{"lined", "sweeper", "decode"}, "it judges findings by what stands in a file of the user's"},
	"mailsweep/mailfile":               {[]string{"sweeper", "decode"}, "adapters never import each other"},
	"mailsweep/detectors":              {[]string{"detectors/analysis", "detectors/lazydfa", "detectors/multipattern", "detectors/credentials", "sweeper", "decode", "secret"}, "adapters never import each other"},
	"mailsweep/detectors/analysis":     {[]string{"detectors/lazydfa"}, "it reads what strangers made of a secret: it gets nothing to reach or to tell it to"},
	"mailsweep/detectors/lazydfa":      {nil, "a leaf: it stands where package regexp would"},
	"mailsweep/detectors/multipattern": {[]string{"detectors/lazydfa"}, "a matcher of expressions: what is found with it is not its concern"},
	"mailsweep/detectors/credentials":  {[]string{"detectors/lazydfa", "detectors/multipattern"}, "it reads one text, and knows no mail"},
	"mailsweep/detectors/detectorstest": {[]string{"detectors", "sweeper", "decode"},
		"samples of every rule, for tests of other rooms"},
	"mailsweep/store":              {[]string{"sweeper", "decode"}, "what all stores share"},
	"mailsweep/store/sqlite":       {[]string{"store", "notify", "sweeper", "decode"}, "adapters never import each other"},
	"mailsweep/store/storetest":    {[]string{"store", "notify", "sweeper", "decode", "secret"}, "one conformance suite for every Store"},
	"mailsweep/report":             {[]string{"sweeper", "decode", "visible"}, "a report is a function of the event stream alone"},
	"mailsweep/report/dossier":     {[]string{"sweeper", "visible"}, "a page is a function of what it is given"},
	"mailsweep/visible":            {nil, "a leaf: whoever shows text of strangers needs it"},
	"mailsweep/lined":              {nil, "a leaf: it reads what people write, and knows not what for"},
	"mailsweep/notify":             {[]string{"lined", "sweeper"}, "the domain of what follows a finding: adapters implement its interfaces"},
	"mailsweep/notify/notifytest":  {[]string{"notify", "sweeper"}, "one conformance suite for every channel"},
	"mailsweep/notify/mime":        {[]string{"notify", "visible"}, "a letter as a mail, for each channel that sends mail"},
	"mailsweep/notify/smtp":        {[]string{"notify", "notify/mime", "secret", "visible"}, "channels never import each other"},
	"mailsweep/notify/webhook":     {[]string{"notify", "secret", "visible"}, "channels never import each other"},
	"mailsweep/notify/files":       {[]string{"notify", "visible"}, "channels never import each other"},
	"mailsweep/config":             {nil, "settings know nothing of what they set"},
	"mailsweep/simulator":          {nil, "a Graph for others too: it must not know who is tested against it"},
	"mailsweep/simulator/contract": {nil, "it judges a simulator and a client alike: it must know neither"},
	"mailsweep/doctor":             {nil, "what an examination says, whoever looks and whoever shows it"},
	"mailsweep/m365":               {[]string{"doctor", "notify", "notify/mime", "sweeper", "decode"}, "adapters never import each other"},
	"mailsweep/cmd/mailsweep": {[]string{"config", "doctor", "m365", "simulator", "simulator/contract", "mailfile", "detectors", "allow", "notify", "notify/mime", "notify/smtp", "notify/webhook", "notify/files", "visible", "store", "store/sqlite", "report", "report/dossier", "sweeper", "decode", "secret"},
		"wiring"},
}

// confined are foreign things that one room alone may touch.
var confined = map[string]room{
	"github.com/zricethezav/gitleaks/v8": {[]string{"detectors"}, "its globals and its logger are tamed in one place, and a swap is one package"},
	"github.com/spf13/viper":             {[]string{"config"}, "settings come from one place"},
	"github.com/spf13/cobra":             {[]string{"cmd/mailsweep"}, "verbs and flags are the command line's alone"},
	"github.com/jhillyerd/enmime/v2":     {[]string{"simulator"}, "it makes tenants of mail files; what mail sweeps is read by decode, which another must be able to check"},
	"github.com/wneessen/go-mail":        {[]string{"notify/mime", "notify/smtp"}, "one channel speaks SMTP, and one package makes mails"},
	"modernc.org/sqlite":                 {[]string{"store/sqlite"}, "only stores know drivers"},
	"database/sql":                       {[]string{"store/sqlite"}, "only stores know drivers"},
	"github.com/microsoftgraph":          {[]string{"m365"}, "194 MB of source: one import anywhere makes that package's every build pay"},
	"github.com/microsoft":               {[]string{"m365"}, "the SDK's own libraries go where it goes"},
	"github.com/Azure":                   {[]string{"m365"}, "one room signs in"},
}

// pure are rooms that must not reach outside the process.
var pure = map[string][]string{
	"mailsweep/decode":  {"net", "net/http", "os", "os/exec"},
	"mailsweep/sweeper": {"net", "net/http", "os", "os/exec", "database/sql"},

	"mailsweep/detectors/analysis": {"net", "net/http", "os", "os/exec"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

// TestLayers holds the imports of every package, tests aside, against the table.
func TestLayers(t *testing.T) {
	for _, p := range listPackages(t) {
		r, known := rooms[p.ImportPath]
		if !known {
			t.Errorf("%s is not in the table of layers: decide what it may import, and enter it", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			checkImport(t, p.ImportPath, r, imp)
		}
	}
}

func checkImport(t *testing.T, from string, r room, imp string) {
	t.Helper()
	if own, ok := strings.CutPrefix(imp, "mailsweep/"); ok && !slices.Contains(r.may, own) {
		t.Errorf("%s imports %s: not allowed. %s", from, imp, r.why)
	}
	for path, c := range confined {
		if (imp == path || strings.HasPrefix(imp, path+"/")) && !slices.Contains(c.may, strings.TrimPrefix(from, "mailsweep/")) {
			t.Errorf("%s imports %s, which only %v may: %s", from, imp, c.may, c.why)
		}
	}
	if slices.Contains(pure[from], imp) {
		t.Errorf("%s imports %s: this room is pure", from, imp)
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.Imports) > 0 { // a package of tests only has none
			list = append(list, p)
		}
	}
	if len(list) < 5 {
		t.Fatalf("go list found %d packages: the test looks at nothing", len(list))
	}
	return list
}
