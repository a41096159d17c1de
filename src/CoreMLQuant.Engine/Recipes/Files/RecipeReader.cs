using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads a whole recipe: coremltools' OptimizationConfig, or several of them under <c>steps</c>; and what coremltools has no
/// words for beside it: activations, include, exclude, target_size, minimum_snr, minimum_output_snr, minimum_agreement, allow_opset_upgrade.
/// </summary>
internal static class RecipeReader
{
    private const string Steps = "steps";

    public static OptimizationRecipe Read(RecipeNode root, string source, RecipeDefaults defaults)
    {
        var errors = new RecipeErrors();
        OptimizationRecipe? recipe = null;
        if (root is RecipeMap map)
        {
            recipe = Read(new MapReader(map, string.Empty, errors), source, errors, defaults);
        }
        else
        {
            errors.Add(root.Position, string.Empty, $"a recipe must be a map with keys such as {string.Join(", ", StepReader.Keys)}, not {MapReader.Kind(root)}.");
        }

        errors.ThrowIfAny(source);
        return recipe!;
    }

    private static OptimizationRecipe Read(MapReader reader, string source, RecipeErrors errors, RecipeDefaults defaults)
    {
        const string AllowOpsetUpgrade = "allow_opset_upgrade";
        bool allowOpsetUpgrade = reader.Flag(AllowOpsetUpgrade) ?? defaults.AllowOpsetUpgrade;
        var steps = new StepReader(errors, defaults with { AllowOpsetUpgrade = allowOpsetUpgrade });
        var recipe = new OptimizationRecipe
        {
            Steps = AllSteps(reader, steps, errors),
            Activations = new ActivationsConfig(errors, defaults, source).Read(reader),
            Include = Patterns(reader, "include"),
            Exclude = Patterns(reader, "exclude"),
            TargetSize = TargetSize(reader),
            MinimumSnr = reader.Number("minimum_snr"),
            MinimumOutputSnr = reader.Number("minimum_output_snr"),
            MinimumAgreement = reader.Number("minimum_agreement"),
            MinimumElementCount = defaults.MinimumElementCount,
            AllowOpsetUpgrade = allowOpsetUpgrade,
        };
        reader.Finish("a recipe");
        if (errors.Count == 0)
        {
            Validate(recipe, reader.Map.Position, errors);
        }

        return recipe;
    }

    private static OptimizationStep[] AllSteps(MapReader reader, StepReader stepReader, RecipeErrors errors)
    {
        bool isList = reader.Has(Steps);
        if (!isList)
        {
            // One that says nothing is a recipe all the same, as it is in coremltools.
            return [stepReader.Read(reader)];
        }

        foreach (string key in StepReader.Keys.Where(reader.Has))
        {
            reader.Refuse(key, $"it cannot be combined with {Steps}. Move it into a step.");
        }

        if (reader.Value(Steps) is not RecipeList list)
        {
            reader.Refuse(Steps, "the value must be a list of steps.");
            return [];
        }

        var steps = new List<OptimizationStep>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            string path = FormattableString.Invariant($"{Steps}[{i}]");
            RecipeNode item = list.Items[i];
            if (item is not RecipeMap map)
            {
                errors.Add(item.Position, path, $"a step must be a map with keys such as {string.Join(", ", StepReader.Keys)}, not {MapReader.Kind(item)}.");
                continue;
            }

            int before = errors.Count;
            var reading = new MapReader(map, path, errors);
            OptimizationStep step = stepReader.Read(reading);
            reading.Finish("a step");
            if (step.All.Any())
            {
                steps.Add(step);
            }
            else if (errors.Count == before)
            {
                errors.Add(map.Position, path, "the step does not configure any weight. Add global_config, op_type_configs or op_name_configs.");
            }
        }

        return [.. steps];
    }

    private static NamePatterns Patterns(MapReader reader, string key)
    {
        try
        {
            return NamePatterns.Parse(reader.Texts(key));
        }
        catch (ArgumentException e)
        {
            reader.Refuse(key, e.Message);
            return NamePatterns.None;
        }
    }

    private static long? TargetSize(MapReader reader)
    {
        const string Key = "target_size";
        string? text = reader.Text(Key);
        if (text is null)
        {
            return null;
        }

        if (ByteSize.TryParse(text, out long bytes))
        {
            return bytes;
        }

        reader.Refuse(Key, $"'{text}' is not a size. Specify bytes, or add KB, MB or GB to the number: 60MB.");
        return null;
    }

    private static void Validate(OptimizationRecipe recipe, RecipePosition position, RecipeErrors errors)
    {
        try
        {
            recipe.Validate();
        }
        catch (RecipeException e)
        {
            errors.Add(position, string.Empty, e.Message);
        }
    }
}
