"""Pull identity logs from the interfaces of Okta, Microsoft Graph and Google, where somebody configured it."""
