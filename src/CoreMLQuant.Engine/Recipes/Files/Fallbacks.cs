namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads what to do where a block or group size does not divide; coremltools always skips and has no word for it.</summary>
internal static class Fallbacks
{
    public static BlockFallback Read(MapReader config) => config.Choice(
        "fallback",
        ("skip", BlockFallback.Skip),
        ("per_channel", BlockFallback.PerChannel),
        ("largest_divisor", BlockFallback.LargestDivisor)) ?? BlockFallback.Skip;
}
