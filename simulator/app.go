package simulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// appOf is the application that a request comes from: what its token says, where that
// is a JWT, else standard.
func appOf(h http.Header, standard string) string {
	if standard == "" {
		standard = anonymousApp
	}
	parts := strings.Split(strings.TrimPrefix(h.Get("Authorization"), "Bearer "), ".")
	if len(parts) != 3 {
		return standard
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return standard
	}
	var claims struct{ AppID, Azp string }
	if json.Unmarshal(data, &claims) != nil {
		return standard
	}
	for _, id := range []string{claims.AppID, claims.Azp} {
		if id != "" {
			return id
		}
	}
	return standard
}
