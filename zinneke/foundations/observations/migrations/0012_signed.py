from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('observations', '0011_ended'),
    ]

    operations = [
        migrations.AddField(
            model_name='quarantined',
            name='signed',
            field=models.BooleanField(default=False),
        ),
    ]
