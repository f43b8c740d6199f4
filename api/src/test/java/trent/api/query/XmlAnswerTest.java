package trent.api.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import trent.api.Empty;
import trent.api.InternalFailure;
import trent.api.iam.IamOperation;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.UpdateRoleResponse;
import trent.api.sts.AssumeRoleResponse;
import trent.api.sts.Credentials;
import trent.api.sts.GetCallerIdentityResponse;
import trent.api.sts.StsOperation;

/** Records in, XML out, read again by the JDK's parser. */
class XmlAnswerTest {

    private static final String ID = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE";

    @Test
    void anAnswerIsWrittenAsAwsWritesIt() {
        XmlOut xml = new XmlOut();
        StsOperation.GET_CALLER_IDENTITY.write(
                new GetCallerIdentityResponse("AIDA", "123456789012", "arn:aws:iam::1:user/A&B"),
                ID,
                xml);
        assertThat(new String(xml.bytes(), UTF_8))
                .isEqualTo(
                        """
                        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                        <GetCallerIdentityResult><UserId>AIDA</UserId><Account>123456789012</Account>\
                        <Arn>arn:aws:iam::1:user/A&amp;B</Arn></GetCallerIdentityResult>\
                        <ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId>\
                        </ResponseMetadata></GetCallerIdentityResponse>""");
    }

    @Test
    void withoutOutputThereIsNoResultAndWithAnEmptyOneThereIs() throws Exception {
        XmlOut none = new XmlOut();
        IamOperation.DELETE_USER.write(Empty.EMPTY, ID, none);
        assertThat(names(root(none))).containsExactly("ResponseMetadata");
        XmlOut empty = new XmlOut();
        IamOperation.UPDATE_ROLE.write(new UpdateRoleResponse(), ID, empty);
        assertThat(names(root(empty))).containsExactly("UpdateRoleResult", "ResponseMetadata");
    }

    @Test
    void anErrorSaysWhoseFaultItIs() {
        XmlOut sender = new XmlOut();
        sender.error(
                new NoSuchEntityException("The user with name <a> cannot be found."),
                IamOperation.NAMESPACE,
                ID);
        assertThat(new String(sender.bytes(), UTF_8))
                .isEqualTo(
                        """
                        <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
                        <Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
                        <Message>The user with name &lt;a&gt; cannot be found.</Message></Error>\
                        <RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ErrorResponse>""");
        XmlOut receiver = new XmlOut();
        receiver.error(new InternalFailure(), StsOperation.NAMESPACE, ID);
        assertThat(new String(receiver.bytes(), UTF_8))
                .contains("<Type>Receiver</Type><Code>InternalFailure</Code></Error>");
    }

    @Test
    void timesAreToTheSecond() {
        XmlOut xml = new XmlOut();
        xml.time("T", Instant.parse("2019-11-09T13:34:41.999Z"));
        xml.time("T", Instant.parse("2019-11-09T13:34:00Z"));
        assertThat(new String(xml.bytes(), UTF_8))
                .isEqualTo("<T>2019-11-09T13:34:41Z</T><T>2019-11-09T13:34:00Z</T>");
    }

    @Test
    void secretsAreWrittenAndNeverPrinted() {
        Credentials credentials = new Credentials("ASIA", "s3cret", "token", Instant.EPOCH);
        AssumeRoleResponse answer = AssumeRoleResponse.builder().credentials(credentials).build();
        assertThat(answer.toString()).doesNotContain("s3cret");
        XmlOut xml = new XmlOut();
        StsOperation.ASSUME_ROLE.write(answer, ID, xml);
        assertThat(new String(xml.bytes(), UTF_8)).contains("s3cret");
    }

    /** Whatever a text holds, the document can be parsed and nothing gets out of its element. */
    @Property(tries = 2000)
    void anyTextLeavesAnAnswerThatParses(@ForAll String text) throws Exception {
        XmlOut xml = new XmlOut();
        xml.error(new NoSuchEntityException(text), IamOperation.NAMESPACE, ID);
        Element root = root(xml);
        assertThat(names(root)).containsExactly("Error", "RequestId");
        assertThat(names((Element) root.getFirstChild().getNextSibling()))
                .containsExactly("Type", "Code", "Message");
        String read = root.getElementsByTagName("Message").item(0).getTextContent();
        assertThat(read).hasSameSizeAs(text);
        for (int i = 0; i < text.length(); i++) {
            assertThat(read.charAt(i)).isIn(text.charAt(i), '\uFFFD');
        }
    }

    @Property(tries = 1500)
    void everyAnswerReadsAsTheRecordItWasMadeOf(
            @ForAll("operations") QueryOperation<?, ?> operation, @ForAll long seed)
            throws Exception {
        answer(operation, new Random(seed));
    }

    private static <O> void answer(QueryOperation<?, O> operation, Random random) throws Exception {
        Type output = output(operation);
        if (output == Empty.class) {
            return;
        }
        @SuppressWarnings("unchecked") // of that type
        O answer = (O) Objects.requireNonNull(Records.random(output, false, random));
        XmlOut xml = new XmlOut();
        operation.write(answer, ID, xml);
        Element result =
                (Element) root(xml).getElementsByTagName(operation.name() + "Result").item(0);
        assertThat(tree(result, Records.tree(answer))).isEqualTo(Records.tree(answer));
    }

    /** What the constant of that operation says its answer is. */
    private static Type output(QueryOperation<?, ?> operation) throws ReflectiveOperationException {
        for (var constant : operation.getClass().getFields()) {
            if (constant.getGenericType() instanceof ParameterizedType type
                    && constant.get(null) == operation) {
                return type.getActualTypeArguments()[1];
            }
        }
        throw new IllegalStateException(operation.name());
    }

    /** An element's content as the kind of tree that {@code like} is. */
    private static JsonNode tree(Element element, JsonNode like) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        List<Element> children = children(element);
        return switch (like) {
            case ArrayNode list -> {
                ArrayNode tree = json.arrayNode();
                for (int i = 0; i < children.size(); i++) {
                    assertThat(children.get(i).getTagName()).isEqualTo("member");
                    tree.add(tree(children.get(i), list.path(i)));
                }
                yield tree;
            }
            case ObjectNode structure -> {
                ObjectNode tree = json.objectNode();
                for (Element child : children) {
                    if (child.getTagName().equals("entry")) {
                        tree.put(
                                children(child).get(0).getTextContent(),
                                children(child).get(1).getTextContent());
                    } else {
                        String name = child.getTagName().toLowerCase(Locale.ROOT);
                        tree.set(name, tree(child, structure.path(name)));
                    }
                }
                yield tree;
            }
            default -> json.textNode(element.getTextContent());
        };
    }

    private static List<Element> children(Element element) {
        List<Element> children = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                children.add(child);
            }
        }
        return children;
    }

    private static List<String> names(Element element) {
        return children(element).stream().map(Element::getTagName).toList();
    }

    private static Element root(XmlOut xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.bytes()))
                .getDocumentElement();
    }

    @Provide
    Arbitrary<QueryOperation<?, ?>> operations() {
        return Arbitraries.of(QuerySamples.operations());
    }
}
