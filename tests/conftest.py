"""What every test may ask for: real parts (support/parts), figures in the output, and no skipping where CI=true."""

pytest_plugins = [
    "tests.support.calls_apart",
    "tests.support.no_hang",
    "tests.support.no_skips",
    "tests.support.figures",
    "tests.support.parts",
]
