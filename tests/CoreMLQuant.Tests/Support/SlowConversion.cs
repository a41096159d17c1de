namespace CoreMLQuant.Tests.Support;

/// <summary>A conversion that shows its progress on a machine of any speed: each weight takes longer than the time after which progress is shown.</summary>
internal static class SlowConversion
{
    /// <summary>What it shows.</summary>
    public const string Activity = "Converting to 1-bit palettized (custom)";

    /// <summary>The cmdlet with its parameters, but those for paths.</summary>
    public const string Command =
        """
        ConvertTo-PalettizedModel -BitWidth 1 -ThrottleLimit 1 -NoFlush -WarningAction Ignore -LookupTableFunction {
            param($values, $bitWidth)
            [Threading.Thread]::Sleep(150)
            $indices = [int[]]::new($values.Count)
            for ($i = 0; $i -lt $values.Count; $i++) { if ($values[$i] -ge 0) { $indices[$i] = 1 } }
            @{ LookupTable = -0.1, 0.1; Indices = $indices }
        }
        """;

    /// <summary>Writes a network of three weights.</summary>
    public static string WriteNetwork(string path) => LargeNetwork.Write(path, channels: 64, layers: 3);
}
