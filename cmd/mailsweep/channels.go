package main

import (
	"fmt"

	"mailsweep/config"
	"mailsweep/notify"
)

// directory is who knows the people of the organisation.
func (a *app) directory(c config.Config) (notify.Directory, error) {
	if c.Notices.Directory == "none" {
		return notify.NoDirectory{}, nil
	}
	return nil, fmt.Errorf("not yet")
}

// channels are those that the settings set up, by their names.
func (a *app) channels(c config.Config, p *notify.Policy) (map[string]notify.Sender, error) {
	return map[string]notify.Sender{}, nil
}
