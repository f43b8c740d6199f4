package trent.language;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import trent.api.Json;

/** The AWS principals that a policy names, where they stand in its text. */
public final class PrincipalTexts {

    private static final Set<String> ELEMENTS = Set.of("Principal", "NotPrincipal");

    /** A principal's text without its quotes, and where they are. */
    private record Place(String principal, int from, int to) {}

    private PrincipalTexts() {}

    /**
     * The policy with its principals replaced, and not one character else; of one that {@link
     * Policy#compile} takes.
     */
    public static String replaced(String policy, UnaryOperator<String> replacement) {
        StringBuilder text = new StringBuilder(policy);
        for (Place place : places(policy).reversed()) {
            String other = replacement.apply(place.principal());
            if (!other.equals(place.principal())) {
                text.replace(place.from(), place.to(), '"' + other + '"');
            }
        }
        return text.toString();
    }

    private static List<Place> places(String policy) {
        List<Place> places = new ArrayList<>();
        try (JsonParser json = Json.FACTORY.createParser(policy)) {
            int depth = 0;
            int element = 0; // the depth at which a principal element began, 0 outside of one
            boolean named = false; // whether the value that follows is one of AWS's principals
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                    if (depth < element) {
                        element = 0;
                        named = false;
                    }
                } else if (token == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    if (element == 0 || depth <= element) {
                        element = ELEMENTS.contains(name) ? depth : 0;
                        named = element > 0;
                    } else {
                        named = name.equals("AWS");
                    }
                } else if (token == JsonToken.VALUE_STRING && named) {
                    int from = Math.toIntExact(json.currentTokenLocation().getCharOffset());
                    String principal = json.getText();
                    int to = Math.toIntExact(json.currentLocation().getCharOffset());
                    places.add(new Place(principal, from, to));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a policy that was compiled", e);
        }
        return places;
    }
}
