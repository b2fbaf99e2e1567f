from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_rules")]

    operations = [
        migrations.AddField(model_name="subscription", name="round", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="subscription", name="page", field=models.IntegerField(default=0)),
    ]
