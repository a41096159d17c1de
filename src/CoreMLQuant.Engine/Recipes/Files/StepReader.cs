using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads one step, which is coremltools' OptimizationConfig: config_type, global_config, op_type_configs, op_name_configs.
/// What is more here than there: the names may be patterns.
/// </summary>
internal sealed class StepReader(RecipeErrors errors, RecipeDefaults defaults)
{
    private const string ConfigType = "config_type";
    private const string GlobalConfig = "global_config";
    private const string OpTypeConfigs = "op_type_configs";
    private const string OpNameConfigs = "op_name_configs";
    private const string Refused = "";

    private static readonly Dictionary<string, Func<MapReader, WeightRecipe?>> Configs = new(StringComparer.Ordinal)
    {
        [LinearQuantizerConfig.Name] = LinearQuantizerConfig.Read,
        [PalettizerConfig.Name] = PalettizerConfig.Read,
        [PrunerConfigs.ThresholdName] = PrunerConfigs.ReadThreshold,
        [PrunerConfigs.MagnitudeName] = PrunerConfigs.ReadMagnitude,
    };

    /// <summary>The step's keys, of which one at least is there when there is a step.</summary>
    public static readonly string[] Keys = [ConfigType, GlobalConfig, OpTypeConfigs, OpNameConfigs];

    /// <summary>Reads the step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="defaultType">The type of a configuration that does not specify it; <see langword="null"/> when it must.</param>
    public OptimizationStep Read(MapReader step, string? defaultType = null)
    {
        string? type = TypeOf(step) ?? defaultType;
        WeightRecipe? global = step.Value(GlobalConfig) is { } value ? Config(value, step.PathOf(GlobalConfig), type) : null;
        var read = new OptimizationStep
        {
            Global = global,
            OpTypes = Patterns(step, OpTypeConfigs, type),
            OpNames = Patterns(step, OpNameConfigs, type),
        };
        return read with { IsHollow = Keys.Any(step.Has) && !read.All.Any() };
    }

    private (NamePattern Pattern, WeightRecipe? Recipe)[] Patterns(MapReader step, string key, string? type)
    {
        var patterns = new List<(NamePattern Pattern, WeightRecipe? Recipe)>();
        foreach (RecipeEntry entry in step.Entries(key))
        {
            string path = $"{step.PathOf(key)}.{entry.Key}";
            if (key == OpTypeConfigs && entry.Key == "const")
            {
                errors.Add(entry.Position, path, "constants are what is compressed, not operations that use them. Use global_config, or the types of those operations.");
            }

            WeightRecipe? recipe = entry.Value is RecipeScalar { Text: null } ? null : Config(entry.Value, path, type);
            try
            {
                patterns.Add((new NamePattern(entry.Key), recipe));
            }
            catch (ArgumentException e)
            {
                errors.Add(entry.Position, path, e.Message);
            }
        }

        return [.. patterns];
    }

    private WeightRecipe? Config(RecipeNode node, string path, string? stepType)
    {
        if (node is not RecipeMap map)
        {
            errors.Add(node.Position, path, $"a configuration must be a map with keys, not {MapReader.Kind(node)}.");
            return null;
        }

        int before = errors.Count;
        var config = new MapReader(map, path, errors);
        string? type = config.Has(ConfigType) ? TypeOf(config) : stepType;
        config.Value(ConfigType);
        if (type is null)
        {
            errors.Add(map.Position, path, $"{ConfigType} is missing. Specify one of {string.Join(", ", Configs.Keys)}.");
        }

        if (type is null or Refused)
        {
            return null;
        }

        WeightRecipe? recipe = Configs[type](config);
        int? threshold = config.Integer("weight_threshold");
        bool includeBias = config.Flag("include_bias") ?? false, foldBatchNorm = config.Flag("fold_batch_norm") ?? false;
        CompressionMethod? method = config.Choice("method", ("calibrated", CompressionMethod.Calibrated), ("round_to_nearest", CompressionMethod.RoundToNearest));
        bool? biasCorrection = config.Flag("bias_correction");
        config.Finish(type);
        if (recipe is null || errors.Count > before)
        {
            return null;
        }

        try
        {
            recipe.Validate();
        }
        catch (RecipeException e)
        {
            errors.Add(map.Position, path, e.Message);
        }

        return recipe with
        {
            MinimumElementCount = threshold ?? defaults.MinimumElementCount,
            AllowOpsetUpgrade = defaults.AllowOpsetUpgrade,
            IncludeBias = includeBias,
            FoldBatchNorm = foldBatchNorm,
            Method = method ?? defaults.Method,
            BiasCorrection = biasCorrection ?? defaults.BiasCorrection,
        };
    }

    // Null where none is given, Refused where it is no type.
    private string? TypeOf(MapReader reader)
    {
        string? type = reader.Text(ConfigType);
        if (type is not null && !Configs.ContainsKey(type))
        {
            string hint = MapReader.DidYouMean(type, Configs.Keys);
            reader.Refuse(ConfigType, $"'{type}' is not a configuration type.{(hint.Length > 0 ? hint : $" Use one of {string.Join(", ", Configs.Keys)}.")}");
            return Refused;
        }

        return type;
    }
}
