namespace CoreMLQuant.Recipes;

/// <summary>The bounds on a model's outputs that a recipe may have: a signal-to-noise ratio, or a share of the samples with the same most probable class.</summary>
internal static class OutputBounds
{
    /// <summary>Checks the figures.</summary>
    /// <param name="snr">Least signal-to-noise ratio, dB; <see langword="null"/> for no such bound.</param>
    /// <param name="agreement">Least share, 0 to 1; <see langword="null"/> for no such bound.</param>
    /// <exception cref="RecipeException">A figure makes no sense.</exception>
    public static void Validate(double? snr, double? agreement)
    {
        if (snr is { } ratio && (double.IsNaN(ratio) || double.IsInfinity(ratio)))
        {
            throw new RecipeException("A signal-to-noise ratio must be a finite number of dB.", "Specify a ratio such as 35.");
        }

        if (snr <= 0)
        {
            throw new RecipeException("A minimum output signal-to-noise ratio must be more than 0 dB, where the error is as large as the outputs.", "Specify a ratio such as 30.");
        }

        if (agreement is not (null or (> 0 and <= 1)))
        {
            throw new RecipeException("A minimum agreement must be a share of the samples: more than 0, and 1 at most.", "Specify a share such as 0.99.");
        }
    }

    /// <summary>Refuses bounds where there are no samples to measure them on.</summary>
    /// <param name="snr">Least signal-to-noise ratio; <see langword="null"/> for no such bound.</param>
    /// <param name="agreement">Least share; <see langword="null"/> for no such bound.</param>
    /// <exception cref="RecipeException">There is one.</exception>
    public static void RequireNone(double? snr, double? agreement)
    {
        if (snr is not null || agreement is not null)
        {
            throw new RecipeException($"{(agreement is null ? "A minimum output signal-to-noise ratio" : "A minimum agreement")} is measured on samples, and there are none.", "Specify -InputPath or -InputObject.");
        }
    }
}
