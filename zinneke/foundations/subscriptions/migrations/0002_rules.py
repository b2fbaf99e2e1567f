from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial")]

    operations = [
        migrations.AddField(model_name="occurrence", name="rule", field=models.CharField(blank=True, default="", max_length=100), preserve_default=False),
        migrations.AddField(model_name="occurrence", name="owner", field=models.BigIntegerField(null=True)),
    ]
