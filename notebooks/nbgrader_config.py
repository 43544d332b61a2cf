"""The notebooks of this course as an nbgrader course: run nbgrader in this folder."""

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "gradus"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.Execute.timeout = 600  # pages that train
c.ExecutePreprocessor.timeout = 600
c.Validator.validate_all = False
