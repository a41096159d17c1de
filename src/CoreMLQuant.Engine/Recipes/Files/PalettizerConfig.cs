namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads coremltools' OpPalettizerConfig, with its names and defaults.</summary>
internal static class PalettizerConfig
{
    /// <summary>What it is called in a recipe.</summary>
    public const string Name = "OpPalettizerConfig";

    // coremltools' default, which counts only with granularity: per_grouped_channel; 0 is one group of all channels there.
    private const int DefaultGroupSize = 32;

    // 5 and 7 are for NeuralNetworks, which coremltools has another tool for; an ML Program is refused when it is planned.
    private const int MaxBitWidth = 8;

    public static WeightRecipe Read(MapReader config)
    {
        PalettizationMode mode = config.Choice(
            "mode",
            ("kmeans", PalettizationMode.KMeans),
            ("uniform", PalettizationMode.Uniform),
            ("unique", PalettizationMode.Unique),
            ("custom", PalettizationMode.Custom)) ?? PalettizationMode.KMeans;
        int? bitWidth = BitWidth(config, mode);
        bool isGrouped = config.Choice("granularity", ("per_tensor", false), ("per_grouped_channel", true)) ?? false;
        int groupSize = config.Integer("group_size") ?? DefaultGroupSize;
        int? channelAxis = config.Integer("channel_axis", minimum: int.MinValue);

        // How many processes coremltools would cluster in. Here all processors are used anyway, with the same result.
        config.Integer("num_kmeans_workers", minimum: 1);
        RefuseFunction(config, mode);
        return new PalettizationRecipe
        {
            Mode = mode == PalettizationMode.Custom ? PalettizationMode.KMeans : mode,
            BitWidth = bitWidth ?? 8,
            GroupSize = isGrouped ? groupSize : 0,
            ChannelAxis = isGrouped ? channelAxis : null,
            VectorSize = config.Integer("cluster_dim", minimum: 1) ?? 1,
            PerChannelScale = config.Flag("enable_per_channel_scale") ?? false,
            QuantizeLookupTable = config.Choice("lookup_table", ("int8", true), ("float", false)) ?? false,
            Fallback = Fallbacks.Read(config),
        };
    }

    private static int? BitWidth(MapReader config, PalettizationMode mode)
    {
        const string Key = "nbits";
        int? bitWidth = config.Integer(Key);
        if (bitWidth is null)
        {
            if (!config.Has(Key) && mode is PalettizationMode.KMeans or PalettizationMode.Uniform)
            {
                config.Refuse(Key, $"the mode {mode.ToString().ToLowerInvariant()} requires it: 1, 2, 3, 4, 6 or 8.");
            }
        }
        else if (mode == PalettizationMode.Unique)
        {
            config.Refuse(Key, "the mode unique uses as many bits as the weight needs. Omit it.");
        }
        else if (bitWidth is < 1 or > MaxBitWidth)
        {
            config.Refuse(Key, $"'{config.Text(Key)}' is not one of 1, 2, 3, 4, 6, 8 (a NeuralNetwork also supports 5 and 7).");
        }

        return bitWidth;
    }

    // As in coremltools: a function is no data.
    private static void RefuseFunction(MapReader config, PalettizationMode mode)
    {
        const string Instead = "Use ConvertTo-PalettizedModel -LookupTableFunction.";
        if (config.Has("lut_function"))
        {
            config.Refuse("lut_function", $"a recipe cannot contain a function. {Instead}");
        }
        else if (mode == PalettizationMode.Custom)
        {
            config.Refuse("mode", $"the mode custom requires a function, which a recipe cannot contain. {Instead}");
        }
    }
}
