from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observations", "0007_stream_keep")]

    operations = [
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.BigIntegerField(db_index=True)),
                ("actor", models.CharField(max_length=100)),
                ("shared", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=200)),
                ("document", models.JSONField()),
                ("state", models.CharField(db_index=True, default="active", max_length=10)),
                ("created", models.DateTimeField()),
                ("changed", models.DateTimeField()),
            ],
        ),
        migrations.AddField(model_name="alert", name="owner", field=models.BigIntegerField(db_index=True, null=True)),
    ]
