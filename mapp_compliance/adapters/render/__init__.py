"""Templates: compiled into layouts of literal bytes and slots."""

from mapp_compliance.adapters.render.template import ENGINE, compile_template

__all__ = ["ENGINE", "compile_template"]
