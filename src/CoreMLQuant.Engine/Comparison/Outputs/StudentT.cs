using System;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>Student's t distribution with a whole number of degrees of freedom.</summary>
internal static class StudentT
{
    private const int Bisections = 100;

    /// <summary>The value that is not exceeded with a probability.</summary>
    /// <param name="probability">More than 0.5 and less than 1.</param>
    /// <param name="degreesOfFreedom">1 or more.</param>
    public static double Quantile(double probability, int degreesOfFreedom)
    {
        // The angle is half a turn at most, however far out the value is.
        double low = 0, high = Math.PI / 2, central = (2 * probability) - 1;
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Within(middle, degreesOfFreedom) < central ? (middle, high) : (low, middle);
        }

        return Math.Tan(low) * Math.Sqrt(degreesOfFreedom);
    }

    // P(|T| <= t) with t = tan(angle) sqrt(degrees): a finite series, Abramowitz and Stegun 26.7.3 and 26.7.4.
    private static double Within(double angle, int degreesOfFreedom)
    {
        double sine = Math.Sin(angle), cosine = Math.Cos(angle);
        bool isOdd = degreesOfFreedom % 2 == 1;
        double term = isOdd ? cosine : 1, sum = degreesOfFreedom == 1 ? 0 : term;
        for (int i = isOdd ? 3 : 2; i < degreesOfFreedom; i += 2)
        {
            term *= cosine * cosine * (i - 1) / i;
            sum += term;
        }

        return isOdd ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
    }
}
