"""How forms look everywhere: ``{{ form }}`` and ``{{ field.as_field_group }}`` use our two components."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """The project's templates for forms and fields, the installed apps' templates for widgets."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
