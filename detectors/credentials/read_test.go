package credentials

import (
	"strings"
	"sync"
	"testing"

	"mailsweep/detectors/multipattern"
)

// counts counts by name.
type counts map[string]int

func (c *counts) Add(name string) {
	if *c == nil {
		*c = counts{}
	}
	(*c)[name]++
}

// matcher finds the words; it takes a while to make.
var matcher = sync.OnceValues(func() (*multipattern.Set, error) {
	var patterns []multipattern.Pattern
	for _, w := range Words() {
		patterns = append(patterns, multipattern.Pattern{Regexp: w})
	}
	return multipattern.New(patterns)
})

func read(t testing.TB, text string) []Found {
	t.Helper()
	found, _ := readCounting(t, text)
	return found
}

// passedOver is how much of a text was passed over or lowered.
func passedOver(t testing.TB, text string) (sum int) {
	t.Helper()
	_, counted := readCounting(t, text)
	for _, n := range counted {
		sum += n
	}
	return sum
}

func readCounting(t testing.TB, text string) ([]Found, counts) {
	t.Helper()
	set, err := matcher()
	if err != nil {
		t.Fatal(err)
	}
	words, err := set.FindAll(t.Context(), text, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	counted := counts{}
	got, err := Read(t.Context(), text, words, &counted)
	if err != nil {
		t.Fatal(err)
	}
	return got, counted
}

// sure writes what was found, "user:value" or ":value", sure ones only.
func sure(all []Found) string {
	var out []string
	for _, f := range all {
		if f.Sure {
			out = append(out, f.User+":"+f.Value)
		}
	}
	return strings.Join(out, " ")
}

// TestForms: the ways in which people write passwords to each other. Nothing here was
// ever used.
func TestForms(t *testing.T) {
	for text, want := range map[string]string{
		"Password: kestrel9":                                               ":kestrel9",
		"PASSWORD=kestrel9":                                                ":kestrel9",
		"password : \"two words\"":                                         ":two words",
		"Password (case sensitive): Kestrel":                               ":Kestrel",
		"*Password:* Kestrel":                                              ":Kestrel",
		"Your password: Kestrel.":                                          ":Kestrel",
		"password - Kestrel9":                                              ":Kestrel9",
		"Your new password is Kestrel!":                                    ":Kestrel!",
		"The password is now set to kestrel9, please change it.":           ":kestrel9",
		"login jsmith, pw Tr0ub4dor!":                                      "jsmith:Tr0ub4dor!",
		"user: jsmith  pass: hunter2":                                      "jsmith:hunter2",
		"User ID: jsmith\r\nPassword: hunter2\r\n":                         "jsmith:hunter2",
		"Username\tjsmith\nPassword\tKestrel\n":                            "jsmith:Kestrel",
		"USER ID      jsmith\nPASSWORD     kestrel":                        "jsmith:kestrel",
		"login/password: jsmith/hunter2":                                   "jsmith:hunter2",
		"username and password are jsmith and hunter2.":                    "jsmith:hunter2",
		"User / Pass = jsmith / Kestrel":                                   "jsmith:Kestrel",
		"ID\t\tPASSWORD\nEAST01\t\tkd83hGp2\nEAST02\t\tQwxLm47Z\n\nBye":    "EAST01:kd83hGp2 EAST02:QwxLm47Z",
		"kestrel04  login\nkestrel  password\n":                            "kestrel04:kestrel",
		"Tr0ub4dor is the password for the router":                         ":Tr0ub4dor",
		"As requested, your password has been reset to:\n\nFRKTBNHX\n":     ":FRKTBNHX",
		"Here is the password that you asked for:\n> kd83hGp2\n> \n":       ":kd83hGp2",
		"The password for your account: P0012 has been reset to: 13288898": "P0012:13288898",
		"User ID: jsmith\nThe password is the same as your user id.":       "jsmith:jsmith",
		"Login: jsmith\nPassword: same as your login":                      "jsmith:jsmith",
		"{\"user\": \"jsmith\", \"password\": \"hunter2\"}":                "jsmith:hunter2",
		"<user>jsmith</user><password>hunter2</password>":                  "jsmith:hunter2",
		"http://x.example/login?user=jsmith&password=hunter2&z=1":          "jsmith:hunter2",
		"DB_PASSWORD=hunter2":                                              ":hunter2",
		"Kennwort: Kestrel9":                                               ":Kestrel9",
		"Das Passwort lautet: Kestrel9":                                    ":Kestrel9",
		"Benutzername: jsmith\nPasswort: Falke2024":                        "jsmith:Falke2024",
		"Identifiant : jsmith\nMot de passe : Faucon9":                     "jsmith:Faucon9",
		"La contraseña es Halcon99.":                                       ":Halcon99",
		"Usuario: jsmith\nContraseña: Halcon":                              "jsmith:Halcon",
		"Senha: Falcao1":                                                   ":Falcao1",
		"Wachtwoord: valk123":                                              ":valk123",
		"Hasło: Sokol123":                                                  ":Sokol123",
		"Lösenord: Falk123":                                                ":Falk123",
		"Логин: jsmith\nПароль: Sokol-7":                                   "jsmith:Sokol-7",
		"用户名：jsmith\n密码：hunter2":                                           "jsmith:hunter2",
		"パスワード：hunter2":                                                    ":hunter2",
		"아이디: jsmith\n비밀번호: hunter2":                                       "jsmith:hunter2",
		"Passwords: kd83hGp2, QwxLm47Z":                                    ":kd83hGp2 :QwxLm47Z",
	} {
		if got := sure(read(t, text)); got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
}

// TestNoCredentials: where there is none.
func TestNoCredentials(t *testing.T) {
	for _, text := range []string{
		"Your password must contain eight characters.", "Password: must be changed every 90 days", "Forgot your password? Click here.",
		"Please enter your user ID and password.", "The password is case sensitive.", "The password is required.", "My password is not working.",
		"Password Look-Up - Follow this link", "Password: ********", "Password: [hidden]", "Password: <your password>", "password: xxxxxx", "pass: YYYYMMDD",
		"Your password is your birthdate (mmddyyyy).", "Your password: http://example.com/reset?x=1", "Password: your email address", "Password:\n\nThanks,\nBob",
		"Reset password for jsmith@example.com", "password = getPassword()", "$password = $_POST['password'];", "if (password == null) {", "Do you know the password?",
		"I lost my password, what should I do?", "the password for the site was sent to you last week", "user and password are incorrect", "password protected",
		"Please use your corporate ID and password to access the report.", "PIN: see below", "boarding pass: gate 12", "Passwords will be sent separately.",
		"User name: ______ Password: ______", "Password Reset", "password: changed", "shopping pin board", "\"User=\", usr, \";\", \"Password=\", pwd, \";\"",
		"The password is too short.", "password expired: contact the help desk", "one-time password (OTP): required", "Enter PASSWORD and press return",
		"Budget2032 - attached\n\n-----Original Message-----\nFrom: Ann\n\nCan you send me the password?", "pass: 98%", "pass: 12 fail: 3", "the password is standard for everybody",
		"Examples of weak passwords: Kestrel1, Kestrel123, Sommer2031!", "password: !vault |", "We use KeePass2 as password store.", "> which password hashing do you use?\nbcrypt12",
		"We changed it to HTTPS443 so your password is safe.", "I set it to Windows11 style logon, password prompt is gone", "> how is the password stored?\nSHA256, salted.",
		"password reset requested from Chrome119 on Windows10", "Does it support SAML2? What is the password fallback?",
		"Your password has been changed successfully.", "The password is case-sensitive.", "Your password was recently changed.",
		"Use your network password (the one for Windows2000) to log in.", "> Can you send me the password?\n\nThanks,\nAnn\n3-1849", "What's the password for? Budget2031?",
		"Please reset my password?\n\nJoe Parks\nX37563", "log in as administrator with your usual password", "the new password rules (effective 10/1/2031) apply", "The password can be up to 14 characters long",
	} {
		if got := sure(read(t, text)); got != "" {
			t.Errorf("%q: found %q", text, got)
		}
	}
}

func TestSubject(t *testing.T) {
	for _, c := range []struct{ subject, body, want string }{
		{"Your new password", "Hi Ann,\n\nkd83hGp2\n\nBob", ":kd83hGp2"},
		{"Kennwort", "Kestrel-9\r\n", ":Kestrel-9"},
		{"Lunch", "kd83hGp2", ""},
		{"Forgot your password?", "kd83hGp2", ""},
		{"password", "Hello Ann,\nsee you on Monday.\n", ""},
		{"RE: password", "thanks\n> kd83hGp2\n", ""},
	} {
		got, err := ReadUnder(t.Context(), c.subject, c.body)
		if err != nil || sure(got) != c.want {
			t.Errorf("%q, %q: %q, %v", c.subject, c.body, sure(got), err)
		}
	}
}

// TestQuoteAtTheEnd: a quote that opens and is the last of the text is no value.
func TestQuoteAtTheEnd(t *testing.T) {
	for _, text := range []string{`password is "`, `password: "`, "the password is '", "user ann password “", `pw = "` + "\n"} {
		if got := read(t, text); len(got) > 0 {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestAgain: the same words again and again tell nothing each time, and what comes behind
// them is told.
func TestAgain(t *testing.T) {
	for _, unit := range []string{"passwd: ", "login: ", "pass ", "password is required. ", "password:\n"} {
		text := strings.Repeat(unit, 1000) + "\n\nThe password is Tr0ub4dor9x.\n\n" + strings.Repeat(unit, 1000)
		found := read(t, text)
		if one, all := passedOver(t, strings.Repeat(unit, 100)), passedOver(t, strings.Repeat(unit, 1000)); all < 9*one || all > 11*one {
			t.Errorf("%q: counted %d of 100, %d of 1,000", unit, one, all)
		}
		if len(found) != 1 || found[0].Value != "Tr0ub4dor9x" {
			t.Errorf("%q: found %v", unit, found)
		}
	}
}
