//! Which methods a path has, by the API's list of routes.

/// Every route of the API.
pub(crate) struct Routes(Vec<Route>);

struct Route {
    method: &'static str,
    segments: Vec<&'static str>,
}

impl Routes {
    /// Reads lines of method, path and operation, with single spaces between; `#` begins a comment.
    pub(crate) fn read(text: &'static str) -> Self {
        let route = |line: &'static str| {
            let mut words = line.split_whitespace();
            let (method, path) = (words.next()?, words.next()?);
            Some(Route {
                method,
                segments: path.split('/').collect(),
            })
        };
        Self(
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(route)
                .collect(),
        )
    }

    /// The methods of a path as `Allow` lists them, sorted; nothing when no route has this path.
    pub(crate) fn methods_of(&self, path: &str) -> String {
        let asked: Vec<&str> = path.split('/').collect();
        let matching = self.0.iter().filter(|route| route.matches(&asked));
        let mut methods: Vec<&str> = matching.map(|route| route.method).collect();
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }
}

impl Route {
    fn matches(&self, asked: &[&str]) -> bool {
        let same = |(own, asked): (&&str, &&str)| own == asked || (own.starts_with('{') && !asked.is_empty());
        self.segments.len() == asked.len() && self.segments.iter().zip(asked).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::Routes;

    const TEXT: &str = "# a comment\nGET /v1/carts/{cart_id} carts-get\nPATCH /v1/carts/{cart_id} carts-update\nPOST /v1/carts carts-create\n";

    #[test]
    fn a_known_path_has_its_methods_and_another_has_none() {
        let routes = Routes::read(TEXT);
        assert_eq!(routes.methods_of("/v1/carts/cart_1"), "GET, PATCH");
        assert_eq!(routes.methods_of("/v1/carts"), "POST");
        for unknown in [
            "/",
            "",
            "/v1",
            "/v1/carts/",
            "/v1/carts/cart_1/lines",
            "/v2/carts",
            "carts",
        ] {
            assert_eq!(routes.methods_of(unknown), "", "{unknown}");
        }
    }

    #[test]
    fn the_generated_list_is_read_whole() {
        let text = include_str!("routes.txt");
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert!(lines > 0);
        assert_eq!(Routes::read(text).0.len(), lines);
    }
}
