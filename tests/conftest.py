from hypothesis import settings

# A kernel's first call compiles it, which no deadline should count; the same examples each time.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
