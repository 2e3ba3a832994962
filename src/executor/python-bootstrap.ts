/**
 * The Python side of `python:` targets, given to `python3 -c` as it is.
 *
 * `sys.argv[1]` is the job as a Python literal, the further ones are the words. Runs under Python 3.6 and newer,
 * and imports nothing that is not built in until it is needed: a snippet starts as fast as `python3 -c`.
 */
export const PYTHON_BOOTSTRAP = `
def _supertask():
    import sys
    job = eval(sys.argv[1], {'true': True, 'false': False, 'null': None})
    words = sys.argv[2:]
    main = sys.modules['__main__'].__dict__
    del main['_supertask']

    def show(kind, error, trace):
        import linecache, traceback
        while trace is not None and trace.tb_frame.f_code.co_filename == '<string>':
            trace = trace.tb_next
        if 'code' in job:
            lines = job['code'].splitlines(True)
            linecache.cache['<python>'] = (len(job['code']), None, lines, '<python>')
        traceback.print_exception(kind, error.with_traceback(trace), trace)

    def names(code):
        yield from code.co_names
        for part in code.co_consts:
            if hasattr(part, 'co_names'):
                yield from names(part)

    def about():
        from datetime import datetime, timedelta, timezone
        def instant(ms):
            return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
        facts = job['task']
        class Task:
            """What is known about this run."""
            namespace = facts['namespace']
            job = facts['job']
            run_id = facts['run_id']
            attempt = facts['attempt']
            trigger = facts['trigger']
            params = facts['params']
            scheduled_at = instant(facts['scheduled_at'])
            started_at = instant(facts['started_at'])
            @property
            def elapsed(self):
                return datetime.now(timezone.utc) - instant(facts['scheduler_started_at'])
            def __repr__(self):
                return '<task %s run %s attempt %d>' % (self.job, self.run_id, self.attempt)
        return Task()

    def defines(tree, name):
        for node in tree:
            if type(node).__name__ in ('FunctionDef', 'AsyncFunctionDef') and node.name == name:
                return True
            for field in ('body', 'orelse', 'finalbody', 'handlers'):
                inner = getattr(node, field, None)
                if type(node).__name__ in ('If', 'Try', 'With', 'ExceptHandler') and inner and defines(inner, name):
                    return True
        return False

    def call(function):
        result = function(*job['args'], **job['kwargs'])
        if type(result).__name__ == 'coroutine':
            import asyncio
            asyncio.run(result)

    def find(where, path, what):
        for name in path.split('.'):
            if not hasattr(where, name):
                sys.exit('supertask: %s has no function %r' % (what, path))
            where = getattr(where, name)
        if not callable(where):
            sys.exit('supertask: %r of %s is not a function' % (path, what))
        return where

    def snippet():
        sys.argv = ['-c'] + words
        code = compile(job['code'], '<python>', 'exec', 0, True)
        used = set(names(code))
        for name in used.intersection(job['modules']):
            main[name] = __import__(name)
        if 'task' in used:
            main['task'] = about()
        exec(code, main)

    def file():
        path = job['path']
        sys.argv = [path] + words
        if sys.path[:1] == ['']:
            del sys.path[0]
        sys.path.insert(0, job['directory'])
        with open(path, 'rb') as source:
            text = source.read()
        code = compile(text, path, 'exec', 0, True)
        function = job['function']
        if function is None and defines(compile(text, path, 'exec', 0x400, True).body, 'run'):
            function = 'run'
        if function is None:
            if job['kwargs']:
                sys.exit('supertask: %s defines no function run, so it cannot be given options' % path)
            sys.argv += [str(arg) for arg in job['args']]
            main['__file__'] = path
            exec(code, main)
            return
        stem = job['stem'] if job['stem'] not in sys.modules else '__task__'
        module = type(sys)(stem)
        module.__file__ = path
        sys.modules[stem] = module
        exec(code, module.__dict__)
        call(find(module, function, path))

    def entrypoint():
        if sys.path[:1] != ['']:
            sys.path.insert(0, '')
        sys.argv = [job['module']] + words
        __import__(job['module'])
        call(find(sys.modules[job['module']], job['function'], job['module']))

    sys.excepthook = show
    {'snippet': snippet, 'file': file, 'entrypoint': entrypoint}[job['kind']]()
_supertask()
`;
