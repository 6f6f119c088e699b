// An empty source: the precompiled headers need a target to belong to.
