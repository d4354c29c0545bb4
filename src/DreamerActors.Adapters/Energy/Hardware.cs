namespace DreamerActors.Adapters.Energy;

/// <summary>Thermometers and power supplies, as far as this machine has them. What there is is found once.</summary>
internal sealed class Hardware
{
    private const double Coldest = -30;
    private const double Hottest = 150;
    private static readonly string[] Processors = ["coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal", "x86_pkg_temp", "acpitz"];
    private readonly SmallFile _file = new(256);
    private readonly List<byte[]> _thermometers;
    private readonly List<byte[]> _mains = [];
    private readonly List<byte[]> _batteries = [];

    /// <param name="sys">Where /sys is.</param>
    public Hardware(string sys)
    {
        _thermometers =
        [
            .. from chip in Entries(sys, "class/hwmon") where Processors.Contains(Text(chip, "name"))
               from input in Entries(chip, "", "temp*_input") select SmallFile.Path(input),
            .. from zone in Entries(sys, "class/thermal", "thermal_zone*") where Processors.Contains(Text(zone, "type").Replace("-thermal", "_thermal", StringComparison.Ordinal))
               select SmallFile.Path(zone, "temp"),
        ];
        foreach (var supply in Entries(sys, "class/power_supply"))
        {
            // The battery of a mouse says that it is of a device.
            if (Text(supply, "type") == "Battery" && Text(supply, "scope") != "Device") _batteries.Add(SmallFile.Path(supply, "status"));
            else if (Text(supply, "type") is "Mains" or "USB") _mains.Add(SmallFile.Path(supply, "online"));
        }
    }

    /// <summary>The hottest processor sensor in °C; null when there is none that can be read.</summary>
    public double? Temperature()
    {
        double? hottest = null;
        foreach (var thermometer in _thermometers)
        {
            if (_file.Number(thermometer) / 1000.0 is { } degrees and > Coldest and < Hottest && !(hottest >= degrees)) hottest = degrees;
        }

        return hottest;
    }

    /// <summary>Whether a battery feeds the machine; null when it does not tell.</summary>
    public bool? OnBattery()
    {
        bool? discharging = null;
        foreach (var battery in _batteries)
        {
            var status = _file.Read(battery);
            if (!status.IsEmpty) discharging = discharging == true || status.StartsWith("Discharging"u8);
        }

        if (discharging is null) return null;
        foreach (var supply in _mains)
        {
            if (_file.Number(supply) == 1) return false;
        }

        return discharging;
    }

    private string Text(string directory, string name) => System.Text.Encoding.UTF8.GetString(_file.Read(SmallFile.Path(directory, name))).Trim();

    private static string[] Entries(string root, string below, string pattern = "*")
    {
        var directory = Path.Combine(root, below);
        return Directory.Exists(directory) ? [.. Directory.GetFileSystemEntries(directory, pattern).Order(StringComparer.Ordinal)] : [];
    }
}
