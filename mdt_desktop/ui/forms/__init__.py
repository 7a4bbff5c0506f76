"""One engine that draws any questionnaire: `questionnaire_form.QuestionnaireForm`."""
