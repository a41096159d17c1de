using System;
using System.Management.Automation;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes a new model for each input by a recipe, which its parameters specify.</summary>
public abstract class ConversionCommand : ConversionRunCommand
{
    private CompressionRecipe? _recipe;

    /// <summary>
    /// Writes an error for models that would require a newer system after the conversion. Without it, a model rises to opset CoreML6
    /// (iOS 16, macOS 13) or to the specification version that the conversion needs, with a warning.
    /// </summary>
    [Parameter]
    public SwitchParameter NoOpsetUpgrade { get; set; }

    /// <inheritdoc/>
    private protected override string Activity => $"Converting to {_recipe!.Description}";

    /// <summary>The recipe that the cmdlet's own parameters specify.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    /// <exception cref="RecipeException">The parameters contradict each other.</exception>
    /// <exception cref="RecipeFileException">A recipe is not well-formed.</exception>
    /// <exception cref="PathException">A recipe cannot be found or read.</exception>
    private protected abstract CompressionRecipe CreateRecipe();

    /// <summary>The recipe with what further parameters add to it.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    private protected virtual CompressionRecipe Complete(CompressionRecipe recipe) => recipe;

    /// <summary>Whether what the parameters specify need not be a recipe, because models may bring their own.</summary>
    private protected virtual bool HasRecipePerModel => false;

    /// <inheritdoc/>
    private protected override CompressionRecipe RecipeFor(string path) => _recipe!;

    /// <summary>A recipe with what the parameters of all conversions add to it.</summary>
    private protected CompressionRecipe Completed(CompressionRecipe recipe) => Complete(recipe) with { NoOpsetUpgrade = NoOpsetUpgrade };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Require(() =>
        {
            _recipe = Completed(CreateRecipe());
            if (!HasRecipePerModel)
            {
                _recipe.Validate();
            }
        });
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    private protected override bool IsOutputOfAnother(string path) => SkipExisting && Destination.IsOutput(path, _recipe!.FileSuffix, _recipe is PackagingRecipe);
}
