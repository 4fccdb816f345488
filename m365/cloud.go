package m365

import (
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is one of Microsoft's national clouds (learn.microsoft.com, "National
// cloud deployments"): where to sign in, and where Graph is.
type Cloud struct {
	Name      string
	Graph     string // root of Microsoft Graph, no version
	authority cloud.Configuration
}

// Clouds are all of them; the first is the default. Both American clouds sign in
// at the same place.
func Clouds() []Cloud {
	return []Cloud{
		{"global", "https://graph.microsoft.com", cloud.AzurePublic},
		{"gcc-high", "https://graph.microsoft.us", cloud.AzureGovernment},
		{"dod", "https://dod-graph.microsoft.us", cloud.AzureGovernment},
		{"china", "https://microsoftgraph.chinacloudapi.cn", cloud.AzureChina},
	}
}

// CloudNamed finds a cloud; "" is the global one, to which GCC belongs too.
func CloudNamed(name string) (Cloud, error) {
	var names []string
	for _, c := range Clouds() {
		if name == "" || strings.EqualFold(name, c.Name) {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Cloud{}, fmt.Errorf("there is no cloud %q; the clouds are %s", name, strings.Join(names, ", "))
}
